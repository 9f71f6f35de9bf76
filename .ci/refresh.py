"""Run notebooks as nbdev_test does, and store what the cells print and draw.

python .ci/refresh.py nbs/00_core.ipynb [more…] [--flags "slow gpu"] [--test]

Cells with a flag of settings.ini's tst_flags are left as they are (with their stored outputs) unless named in --flags.
Full-length runs by default; --test sets IN_TEST=1, which shortens the knobs.
"""
import argparse, os, sys, time, warnings
from pathlib import Path

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('notebooks', nargs='+', type=Path); p.add_argument('--flags', default=''); p.add_argument('--test', action='store_true')
    args = p.parse_args()
    os.environ['IN_TEST'] = '1' if args.test else '0'
    sys.path.insert(0, str(Path('.').absolute()))
    for path in args.notebooks: refresh(path.absolute(), args.flags.split())

def refresh(path, force):
    from execnb.nbio import read_nb, write_nb
    from execnb.shell import CaptureShell
    from fastcore.xtras import working_directory
    from nbdev.clean import clean_nb
    from nbdev.config import get_config
    from nbdev.frontmatter import FrontmatterProc
    from nbdev.process import NBProcessor
    skip = set(get_config().tst_flags.split()) - set(force)
    seen = NBProcessor(path, procs=FrontmatterProc, process=True).nb           # knows each cell's directives
    nb, start, shell = read_nb(path), time.perf_counter(), CaptureShell(path, mpl_format='png')
    shell._run("from matplotlib_inline.backend_inline import set_matplotlib_formats; set_matplotlib_formats('png', metadata={'Software': None})")
    warnings.formatwarning = lambda message, category, *_, **__: f'{category.__name__}: {message}\n'     # not where: a cell has no file
    with working_directory(path.parent):
        for cell, known in zip(nb.cells, seen.cells):
            directives = getattr(known, 'directives_', {}) or {}
            if (cell.cell_type != 'code' or skip & directives.keys() or directives.get('eval:', [''])[0].lower() == 'false'
                or 'nbdev_export(' in cell.source): continue
            cell.outputs = []
            shell.cell(cell)
            if shell.exc: sys.exit(shell.prettytb(path))
    clean_nb(nb, clear_all=False, clean_ids=True)
    write_nb(nb, path)
    print(f'{path.name}: {time.perf_counter() - start:.0f} s')

if __name__ == '__main__': main()
