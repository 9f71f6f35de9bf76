"""Do artifacts of an older version open, and say what they said?

python .ci/older.py [COMMIT]      by default the one before recipes became values

The older version, from git, trains a teacher, a student, a fine-tuned student and a generator for four steps each, on toys; this version opens
them. Each must give the older version's logits to the last bit, or be refused by a TskdError.
"""
import os, subprocess, sys, tempfile
from pathlib import Path

ROOT, BEFORE = Path(__file__).resolve().parent.parent, '0246d9f'

MAKE = '''
import warnings; warnings.simplefilter('ignore')
import torch
from pathlib import Path
from tskd.diffusion import fit_diffusion
from tskd.student import distill, finetune
from tskd.teacher import fit_teacher
from tskd.test_utils import blobs
torch.set_num_threads(1)
pool, val, _ = blobs(patients=16, seed=1).split(seed=0)
few, how = pool.budget(6), dict(steps=4, show=False, precision='no', out=Path('made'))
teacher = fit_teacher('vit_micro_p8', few, val, size=32, decoder='light', weights='random', views=2, **how)
student = distill(teacher, pool, 'vit_micro_p8', size=32, views=2, **how)
tuned = finetune(student, few, val, **how)
fit_diffusion(blobs(patients=12, size=16), size=16, width=8, batch_size=8, **how)
x = torch.linspace(0, 1, 32*32).view(1, 1, 32, 32)
with torch.no_grad(): torch.save(dict(teacher=teacher(x).logits, student=student(x).logits, finetuned=tuned(x).logits), 'said.pt')
'''

def opened(folder): # by this version -> {artifact: what came of it}
    import torch
    from tskd.core import TskdError
    from tskd.diffusion import load_generator
    from tskd.models import seg_model
    from tskd.student import load_student
    from tskd.teacher import load_teacher
    said, x, found = torch.load(folder/'said.pt'), torch.linspace(0, 1, 32*32).view(1, 1, 32, 32), {}
    def at(kind): return next((folder/'made').glob(f'{kind}-*'))
    def teacher(): # its base was random: the same seed makes it again
        classes = 'background', 'rim', 'core'
        return load_teacher(at('teacher'), base=seg_model('vit_micro_p8', classes, 'light', size=32, weights='random', seed=0))
    for kind, load in dict(teacher=teacher, student=lambda: load_student(at('student')), finetuned=lambda: load_student(at('finetuned'))).items():
        try: model = load()
        except TskdError as e: found[kind] = f'refused: {e}'; continue
        with torch.no_grad(): apart = (model(x).logits - said[kind]).abs().max().item()
        assert apart == 0, f'{kind}: misread, its logits are {apart:.2g} away from what it said'
        found[kind] = 'opens, bit for bit'
    try: found['generator'] = f"opens, draws {len(load_generator(at('diffusion')).draw(2, show=False))} images"
    except TskdError as e: found['generator'] = f'refused: {e}'
    return found

def main():
    commit = sys.argv[1] if sys.argv[1:] else BEFORE
    with tempfile.TemporaryDirectory() as tmp:
        old = Path(tmp)/'old'; old.mkdir()
        archive = subprocess.run(['git', 'archive', commit, 'tskd'], cwd=ROOT, stdout=subprocess.PIPE, check=True)
        subprocess.run(['tar', 'x'], cwd=old, input=archive.stdout, check=True)
        os.environ['TSKD_CACHE'] = f'{tmp}/cache'
        subprocess.run([sys.executable, '-c', MAKE], cwd=old, env={**os.environ, 'PYTHONPATH': str(old)}, check=True)
        sys.path.insert(0, str(ROOT))
        for kind, says in opened(old).items(): print(f'{kind}: {says}')

if __name__ == '__main__': main()
