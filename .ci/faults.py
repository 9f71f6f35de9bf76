"""The list of faults (nbs/explanations/faults.csv), and the test that stands for each.

python .ci/faults.py            the numbers that have no test yet, and the tests of all others
python .ci/faults.py --check    exit code 1 if a promise has lost its test, or a notebook cites a number that the list lacks

A test carries its number in its name (`def test_fault_28_…`, `def test_find_03_…`), in a comment beside it (`# FAULTS 28`),
as a row of a table of tests (`yield 28, lambda: …`, in a cell that says FAULTS), or in the prose before its cell.
"""
import csv, json, re, sys
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPEN = dict(fault=set(), find=set())      # promised, not tested: this may only shrink

Test = namedtuple('Test', 'kind number path line')
NAMED = re.compile(r'^\s*def (test_(fault|find)_(\d+)_\w+)', re.M)
CITED = re.compile(r'FAULTS[ _](\d+(?:(?:, | and | to |–)\d+)*)')
TESTS = re.compile(r'\bassert\b|\b(?:test_\w+|fails|failing|said|refused|survived|noticed|raised)\(')

def numbers(text): # '15 and 16' -> [15, 16]; '1 to 3' -> [1, 2, 3]
    parts = [[int(n) for n in re.split(r' to |–', part)] for part in re.split(r', | and ', text)]
    return [n for part in parts for n in range(part[0], part[-1] + 1)]

def promises(): # rows of the list: kind, number, group, when, then
    with open(ROOT/'nbs/explanations/faults.csv', newline='', encoding='utf-8') as f:
        return [row | dict(number=int(row['number'])) for row in csv.DictReader(f)]

# Where the tests are

def exported(source): return bool(re.match(r'(#\|.*\n)*#\| *export', source))
def lines_of(source): return [line for line in source.splitlines() if line.strip() and not line.startswith('#|')]

def tested(lines):
    "The first line that tests something, without its comment"
    line = next((line for line in lines if TESTS.search(line)), lines[0] if lines else '')
    return re.split(r'\s+# ', line)[0].strip()

def in_code(source):
    "Kind, number and a line for each test of a cell"
    for m in NAMED.finditer(source): yield m[2], int(m[3]), m[1]
    lines = lines_of(source)
    rows = [m for m in (re.match(r'\s*yield (\d+), lambda[^:]*: (.*)', line) for line in lines) if m]
    if not CITED.search(source): return
    for m in rows: yield 'fault', int(m[1]), tested([m[2]])
    for i, line in enumerate(lines):
        if not rows and (m := CITED.search(line)):
            for n in numbers(m[1]): yield 'fault', n, tested(lines[i:])

def in_prose(source, code_after): # text of a cell; sources of the code cells behind it
    for m in CITED.finditer(source):
        held = next((lines_of(s) for s in code_after if TESTS.search(s)), None)
        if held: yield from (('fault', n, tested(held)) for n in numbers(m[1]))

def in_notebook(cells):
    "The same for all cells of a notebook"
    cells = [(c['cell_type'], ''.join(c['source'])) for c in cells]
    for i, (kind, source) in enumerate(cells):
        if kind == 'code' and not exported(source): yield from in_code(source)
        elif kind == 'markdown': yield from in_prose(source, [s for k, s in cells[i+1:] if k == 'code' and not exported(s)])

def all_tests():
    "Each Test of the notebooks and of .ci"
    found = []
    for path in sorted((ROOT/'nbs').rglob('*.ipynb')):
        if '.ipynb_checkpoints' in path.parts or path.name == 'faults.ipynb': continue
        cells = json.loads(path.read_text(encoding='utf-8'))['cells']
        found += [Test(kind, n, path.relative_to(ROOT).as_posix(), line) for kind, n, line in in_notebook(cells)]
    for path in sorted((ROOT/'.ci').glob('*.py')):
        found += [Test(m[2], int(m[3]), path.relative_to(ROOT).as_posix(), m[1]) for m in NAMED.finditer(path.read_text(encoding='utf-8'))]
    return list(dict.fromkeys(found))

# The page

def of_number(tests, kind, number, most=2):
    "One test a file, those that carry the number in their name first"
    mine = sorted((t for t in tests if (t.kind, t.number) == (kind, number)), key=lambda t: not NAMED.match(f'def {t.line}'))
    first = {}
    for t in mine: first.setdefault(t.path, t)
    return list(first.values())[:most]

def linked(test, most=60):
    line = test.line if len(test.line) <= most else test.line[:most - 1] + '…'
    line = line.replace('`', "'").replace('|', r'\|')
    if not test.path.startswith('nbs/'): return f'`{test.path}` `{line}`'
    return f'[{Path(test.path).stem}](../{test.path.removeprefix("nbs/")}) `{line}`'

def table(group, tests=None):
    "A group of promises as Markdown, each with its tests"
    tests = all_tests() if tests is None else tests
    rows = [r for r in promises() if r['group'] == group]
    if not rows: raise KeyError(group)
    held = ['<br>'.join(map(linked, of_number(tests, r['kind'], r['number']))) or '*open: no test yet*' for r in rows]
    lines = [f'| {r["number"]} | {r["when"]} | {r["then"]} | {h} |' for r, h in zip(rows, held)]
    return '\n'.join(['| | when … | then … | held by |', '|--:|:--|:--|:--|', *lines])

def check(tests=None):
    "Say how many there are; raise where a promise has lost its test, or a number isn't in the list"
    tests = all_tests() if tests is None else tests
    for kind, open_ in OPEN.items():
        listed, held = ({t for t in numbers_} for numbers_ in ([r['number'] for r in promises() if r['kind'] == kind],
                                                               [t.number for t in tests if t.kind == kind]))
        missing = listed - held
        print(f'{kind}s: {len(listed)} listed, {len(held)} with a test; no test yet: {", ".join(map(str, sorted(missing))) or "none"}')
        if held - listed: raise AssertionError(f'{kind}s that faults.csv lacks: {sorted(held - listed)}')
        if missing - open_: raise AssertionError(f'{kind}s that lost their test: {sorted(missing - open_)}')
        if open_ - missing: print(f'{kind}s that have a test now: take {sorted(open_ - missing)} out of OPEN in .ci/faults.py')

def test_search():
    "What counts as a test, and what doesn't"
    assert numbers('28') == [28] and numbers('15 and 16') == [15, 16] and numbers('1 to 3, 9') == [1, 2, 3, 9]
    md, code = (lambda text: dict(cell_type='markdown', source=text)), (lambda text: dict(cell_type='code', source=text))
    cells = [md('A disk that is full (FAULTS 29).'), code('#| export\nx = 1  # FAULTS 3'), code('#| slow\nimport os\nassert full()'),
             code('def test_find_03_rows(): pass\nmake(1)  # FAULTS 2\ntest_eq(1, 1)'), code('def some():\n    "FAULTS 1 to 9"\n    yield 7, lambda m=1: refused(m)')]
    want = [('fault', 29, 'assert full()'), ('find', 3, 'test_find_03_rows'), ('fault', 2, 'test_eq(1, 1)'), ('fault', 7, 'refused(m)')]
    assert [*in_notebook(cells)] == want, [*in_notebook(cells)]

def main():
    tests = all_tests()
    if '--check' in sys.argv: test_search()
    else:
        for r in promises():
            for t in of_number(tests, r['kind'], r['number'], 9): print(f'{t.kind} {t.number}: {t.path}: {t.line[:100]}')
    try: check(tests)
    except AssertionError as e: sys.exit(str(e))

if __name__ == '__main__': main()
