"""What must hold of an installed tskd, away from its repository and without any extra: every module imports, `import tskd` is light, `tskd --help` is quick."""
import importlib, pkgutil, statistics, subprocess, sys, time
from pathlib import Path
import tskd

assert 'site-packages' in tskd.__file__, f'not the installed package: {tskd.__file__}'
heavy = {'torch', 'numpy', 'pandas', 'matplotlib', 'IPython'} & set(sys.modules)
assert not heavy, f'import tskd brought in {heavy}'

names = sorted(m.name for m in pkgutil.iter_modules(tskd.__path__) if m.name != '_modidx')
for name in names: importlib.import_module(f'tskd.{name}')
assert not {'fastcore', 'nbdev', 'execnb'} & set(sys.modules), 'a module needs a development tool'
print(f'{len(names)} modules import: {", ".join(names)}')

from tskd.front import VIEWS, front, module
assert all('export default' in module(v) for v in VIEWS), 'the wheel lacks the JavaScript of the views'
assert front('cases', print)._css, 'the wheel lacks the style sheet of the views'

def timed():
    start = time.perf_counter()
    subprocess.run([Path(sys.executable).with_name('tskd'), '--help'], check=True, capture_output=True)
    return time.perf_counter() - start
seconds = statistics.median(timed() for _ in range(5))
print(f'tskd --help: {seconds:.2f} s (median of 5)')
assert seconds <= .4, 'tskd --help takes longer than 0.4 s'

subprocess.run([Path(sys.executable).with_name('tskd'), 'lab', 'lessons', '--copy-only'], check=True)
assert list(Path('lessons').glob('0*.ipynb')), 'the wheel lacks the tutorials'
