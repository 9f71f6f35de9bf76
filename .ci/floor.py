"""Try tskd on the oldest versions that settings.ini promises.

python .ci/floor.py --pins      print each requirement, and each of the extras below, at its lower bound
python .ci/floor.py             import every room and take a step of each kind of work; run it where those are installed

A bound is true if all of this works on it. If a step fails, raise the bound in settings.ini; don't write code for the old version.
"""
import argparse, contextlib, importlib, io, os, pkgutil, re, subprocess, sys, tempfile, time, traceback
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

EXTRAS = 'demo', 'medical', 'deploy', 'cluster', 'zoo'     # not lab and dev: tools of a workplace, imported by no room
SETTINGS = Path(__file__).resolve().parent.parent/'settings.ini'

def requirements():
    "Name and lower bound of each requirement, in the order of settings.ini"
    config = ConfigParser(delimiters=['='])
    config.read(SETTINGS, encoding='utf-8')
    keys = ['requirements', *(f'{e}_requirements' for e in EXTRAS)]
    found = {}
    for word in ' '.join(config['DEFAULT'][k] for k in keys).split():
        name, _, bound = word.partition('>=')
        if not re.fullmatch(r'\d+(\.\d+)*', bound): sys.exit(f'settings.ini: {word}: expected name>=version, so that there is a lower bound to try')
        found[name] = bound
    return found

def installed(bounds):
    "Print what is here, and complain of what isn't at its bound"
    number = lambda v: [int(n) for n in re.findall(r'\d+', re.split(r'[a-z+]', v)[0])]
    trim = lambda v: '.'.join(map(str, number(v))).removesuffix('.0').removesuffix('.0')
    here = {name: metadata.version(name.split('[')[0]) for name in bounds}
    print(*(f'{name} {version}' for name, version in here.items()), sep=' · ')
    if above := [f'{n} {v} (bound {bounds[n]})' for n, v in here.items() if trim(v) != trim(bounds[n])]:
        sys.exit(f'not at the lower bound: {", ".join(above)}')

# Steps: each is small, and stands for a kind of work

def rooms(folder):
    import tskd
    names = sorted(m.name for m in pkgutil.iter_modules(tskd.__path__) if m.name != '_modidx')
    for name in names: importlib.import_module(f'tskd.{name}')
    return f'{len(names)} rooms import'

def pair(folder):
    from tskd.test_utils import blobs, tiny_dice, tiny_loss, tiny_model
    from tskd.train import fit
    pool, val, test = blobs().split(seed=0)
    model, batches = tiny_model(), test.batches(8, 32)
    before = tiny_dice(model, batches)
    fit(model, tiny_loss, pool.batches(8, 32), steps=80, lr=1e-2, out=folder/'pair', device='cpu', show=False)
    after = tiny_dice(model, batches)
    assert after > max(.6, before), f'Dice {before:.2f} before, {after:.2f} after'
    return f'the one-second pair: Dice {before:.2f} -> {after:.2f}'

def teacher(folder):
    "LoRA on a ViT of timm; a checkpoint is written and read"
    from tskd.models import seg_model
    from tskd.teacher import fit_teacher
    from tskd.test_utils import blobs
    data = blobs(6, 1)
    base = seg_model('vit_tiny_patch16_224', data.classes, size=32, weights='random')
    for rest in dict(method='lora'), dict(method='all-linear'):
        tuned = fit_teacher(base, data, data, rank=2, steps=2, out=folder/'teacher', show=False, **rest)
    again = fit_teacher(base, data, data, rank=2, steps=2, out=folder/'teacher', show=False, **rest)
    assert all((a == b).all() for a, b in zip(tuned.state_dict().values(), again.state_dict().values()))
    return 'LoRA steps on a ViT of timm'

def encoders(folder):
    "One forward pass of each kind of encoder and of the U-Net"
    import torch
    from tskd.models import seg_model, split_qkv
    names = 'vit_tiny_patch16_224', 'tiny_vit_5m_224', 'tf_efficientnet_lite0', 'unet_resnet18', 'samvit_base_patch16'
    for name in names:
        huge = name.startswith('sam')                       # built without numbers
        with torch.device('meta' if huge else 'cpu'): model = seg_model(name, 2, size=64, weights='random').eval()
        if name.startswith(('vit', 'sam')): split_qkv(model)
        with torch.no_grad(): assert huge or model(torch.rand(1, 3, 64, 64)).logits.shape[1] == 2, name
    return f'encoders: {", ".join(names)}'

def student(folder):
    from tskd.models import seg_model
    from tskd.student import distill, finetune
    from tskd.test_utils import blobs
    data = blobs(6, 1)
    taught = seg_model('vit_tiny_patch16_224', data.classes, size=32, weights='random')
    learner = seg_model('vit_micro_p8', data.classes, 'light', size=32, weights='random')
    learner = distill(taught, data.unlabelled(), learner, steps=2, show=False)
    finetune(learner, data, data, steps=2, show=False)
    return 'a step of distillation and of fine-tuning'

def diffusion(folder):
    from tskd.diffusion import fit_diffusion
    from tskd.test_utils import blobs
    generator = fit_diffusion(blobs(6, 1).unlabelled(), size=16, steps=2, width=8, out=folder/'diffusion', show=False)
    assert len(generator.draw(2, calls=2, show=False)) == 2
    return 'a step of diffusion, and two images drawn'

def deployed(folder):
    "Export a tiny student, and use it on a picture, a volume and a DICOM file"
    import nibabel, numpy as np, SimpleITK
    from PIL import Image
    from tskd.deploy import export
    from tskd.models import seg_model
    from tskd.predictor import Predictor
    for decoder, int8 in ('sam', False), ('light', True):
        tiny = seg_model('vit_micro_p8', 2, decoder, size=32, weights='random')
        export(tiny.eval(), folder/'tiny.onnx', int8=int8)
    scans = folder/'scans'; scans.mkdir()
    grey = np.random.default_rng(0).integers(0, 255, (3, 40, 40)).astype(np.uint8)
    Image.fromarray(grey[0]).save(scans/'picture.png')
    nibabel.save(nibabel.Nifti1Image(grey, np.eye(4)), scans/'volume.nii.gz')
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(grey[:1]), str(scans/'slice.dcm'))
    table = Predictor(folder/'tiny.onnx', window=(127.5, 255), show=False)(scans, folder/'masks')
    assert table.error.isna().all() and len(table) == 3, table
    return 'ONNX and int8 exports that agree with torch; masks of a picture, a volume and a DICOM file'

def judged(folder):
    "Evaluate, compare, explore with widgets"
    import numpy as np, torch
    from tskd.evaluation import evaluate
    from tskd.explore import DiceExplorer
    from tskd.models import seg_model
    from tskd.test_utils import blobs
    data = blobs(6, 1)
    results = [evaluate(seg_model('vit_micro_p8', data.classes, 'light', size=32, weights='random'), data, name, budget=6, n_val=0, n_teacher=0,
                        n_generator=0, seed=0) for name in ('one', 'other')]
    assert np.isfinite(results[0].df.dice).all()
    explorer = DiceExplorer(results[0])
    explorer.figure()
    with contextlib.redirect_stdout(io.StringIO()): explorer._ipython_display_()
    return 'an evaluation, a figure and its widgets'

def command(folder):
    from typer.testing import CliRunner
    from tskd.cli import app
    subprocess.run([Path(sys.executable).with_name('tskd'), 'doctor', '--json'], check=True, capture_output=True)
    names = [c.name or c.callback.__name__ for c in app.registered_commands]
    for name in names:
        result = CliRunner().invoke(app, [name, '--help'])
        assert result.exit_code == 0, f'tskd {name} --help: {result.exception!r}'
    return f'tskd doctor, and the help of {", ".join(names)}'

def test_find_06_lower_bounds_are_true(only=None): # names of steps
    "Every step works here"
    failed = []
    with tempfile.TemporaryDirectory(prefix='tskd-floor-', ignore_cleanup_errors=True) as folder:
        for step in rooms, pair, encoders, teacher, student, diffusion, deployed, judged, command:
            if only and step.__name__ not in only: continue
            start = time.perf_counter()
            try: said = step(Path(folder))
            except Exception as e:
                traceback.print_exc()
                failed.append(step.__name__); said = f'FAILED {step.__name__}: {type(e).__name__}: {e}'
            print(f'{time.perf_counter() - start:5.1f} s  {said}', flush=True)
    if failed: sys.exit(f'failed: {", ".join(failed)}')

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--pins', action='store_true'); p.add_argument('--any', action='store_true', help='whatever the versions here')
    p.add_argument('--only', nargs='*', help='names of steps')
    args = p.parse_args()
    bounds = requirements()
    if args.pins: return print(*(f'{name}=={bound}' for name, bound in bounds.items()), sep='\n')
    if not args.any: installed(bounds)
    os.environ.setdefault('MPLBACKEND', 'agg')
    test_find_06_lower_bounds_are_true(args.only)

if __name__ == '__main__': main()
