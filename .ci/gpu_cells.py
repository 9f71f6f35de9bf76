"""Run the cells that are marked `#| gpu`, each in its notebook.

python .ci/gpu_cells.py nbs/06_metrics.ipynb [more…]      the code cells up to the last marked one, in order; cells of other flags are left out
python .ci/gpu_cells.py --look nbs/06_metrics.ipynb       only compile the marked cells, on a machine without a GPU
"""
import contextlib, io, json, os, re, sys, time
from pathlib import Path

def directives(source): return set(re.findall(r'^#\|\s*(\w+)', source, flags=re.M))

def cells_of(path):
    "The code cells up to the last marked one"
    cells = [''.join(c['source']) for c in json.loads(Path(path).read_text())['cells'] if c['cell_type'] == 'code']
    last = max(i for i, c in enumerate(cells) if 'gpu' in directives(c))
    return [c for c in cells[:last + 1] if not {'slow', 'network', 'notest', 'default_exp'} & directives(c)]

def run(path):
    names, here, start = dict(__name__='__main__'), Path.cwd(), time.perf_counter()
    os.chdir(path.parent)
    try:
        for source in cells_of(path):
            marked = 'gpu' in directives(source)
            out = contextlib.nullcontext() if marked else contextlib.redirect_stdout(io.StringIO())
            try:
                with out: exec(compile(source, path.name, 'exec'), names)
            except ModuleNotFoundError as e:              # an oracle that only developers have
                if marked: raise
                print(f'    left out: a cell that needs {e.name}')
    finally: os.chdir(here)
    print(f'{path.name}: {time.perf_counter() - start:.0f} s', flush=True)

def main(paths):
    os.environ['IN_TEST'] = '1'
    look = paths[:1] == ['--look']
    for path in map(Path, paths[look:]):
        marked = [c for c in cells_of(path) if 'gpu' in directives(c)]
        if look:
            for source in marked: compile(source, path.name, 'exec')
            print(f'{path.name}: {len(marked)} to run on a GPU')
        else: run(path.absolute())

if __name__ == '__main__': main(sys.argv[1:])
