"""How the notebooks read, in figures: is an idea a cell, is there something to see after it, does it fit on a page?

python .ci/pages.py               a table: one row a notebook, totals below
python .ci/pages.py --check       say what is over its limit, or worse than on record (exit code 1 if anything is)
python .ci/pages.py --record      tighten the record to today's figures where they are better; it never loosens one

LIMITS is what we want. A notebook that isn't there yet has its figure in pages.json, and may not get worse than that. To begin the record anew (a notebook was
split or renamed), delete its row there, and --record: a notebook without a row gets one.
"""
import ast, json, re, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS, RECORD = ROOT/'nbs', Path(__file__).with_name('pages.json')
KB = 1000

# figure: (the limit, what it means); 'seen' may not fall below its limit, the others not rise above
LIMITS = {
    'p50':   (12, 'lines of an exported cell, median'),
    'p90':   (23, 'lines of an exported cell, 90 %'),
    'max':   (32, 'lines of an exported cell, longest'),
    'run':   (5, 'exported cells in a row, with nothing to see and no test in between'),
    'seen':  (67, '% of exported cells that are followed at once by something to see or a test'),
    'w100':  (3, '% of code lines over 100 columns'),
    'w110':  (1, '% of code lines over 110 columns'),
    'nodes': (12, 'syntax nodes a line, in cells that are not exported'),
    'kB':    (dict(tutorials=500, benchmarks=500, explanations=500, library=250), 'size of the file, in kB'),
    'junk':  (0, 'stored outputs that show <Axes: …> or an <ipython-input-…>')}
DIGITS = dict(w100=1, w110=1, nodes=1)
SLACK = dict(w100=.5, w110=.5, nodes=.5, seen=2, kB=10)       # a figure on record may be worse by this: pictures vary, a cell comes or goes

def directives(source): return {m.split(':')[0].split()[0] for m in re.findall(r'^#\|\s*(\S.*?)\s*$', source, flags=re.M)}
def code_of(source): return [line for line in source.splitlines() if line.strip() and not line.startswith('#|')]
def source_of(cell): return ''.join(cell['source'])
def exported(cell): return bool({'export', 'exporti', 'exports', 'patch_to'} & directives(source_of(cell)))

def is_closing(source): return 'nbdev_export(' in source or 'default_exp' in directives(source)

def imports_only(source):
    "Whether a cell of exports holds nothing but imports: no idea that wants a look"
    try: body = ast.parse(source).body
    except SyntaxError: return False
    return all(isinstance(s, (ast.Import, ast.ImportFrom)) for s in body)

def python_of(source): # without what only a notebook understands
    return '\n'.join('' if re.match(r'\s*[%!]', line) else line for line in source.splitlines())

def shows(cell):
    "Whether a cell has something to see, or tests"
    source = source_of(cell)
    if cell['cell_type'] != 'code' or exported(cell) or is_closing(source): return False
    return bool(cell.get('outputs')) or bool(re.search(r'\bassert\b|\btest_\w+\(|\bcheck\w*\(', source)) or not imports_only(python_of(source))

def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, round(share*(len(values) - 1)))] if values else 0

def share(n, of): return 100*n/of if of else 0

def longest_run(cells):
    "Exported cells with an idea in a row; an import cell doesn't count, prose doesn't end a run"
    longest = run = 0
    for cell in cells:
        if cell['cell_type'] != 'code': continue
        if is_idea(cell): run += 1; longest = max(longest, run)
        elif shows(cell): run = 0
    return longest

def is_idea(cell):
    source = source_of(cell)
    return cell['cell_type'] == 'code' and exported(cell) and not imports_only(source)

def followed(cells):
    "For each exported idea: whether the next code cell shows or tests something"
    code = [c for c in cells if c['cell_type'] == 'code']
    return [shows(b) for a, b in zip(code, [*code[1:], dict(cell_type='none', source='')]) if is_idea(a)]

def nodes_a_line(cells): # -> nodes, lines
    nodes = lines = 0
    for cell in cells:
        source = source_of(cell)
        if cell['cell_type'] != 'code' or exported(cell) or is_closing(source): continue
        try: tree = ast.parse(python_of(source))
        except SyntaxError: continue
        nodes, lines = nodes + sum(1 for _ in ast.walk(tree)), lines + len(code_of(source))
    return nodes, lines

def junk(cells):
    "Stored outputs that nobody meant to show"
    text = lambda o: ''.join(o.get('text', '')) + ''.join(o.get('data', {}).get('text/plain', ''))
    seen = [text(o) for c in cells if c['cell_type'] == 'code' for o in c['outputs'] if 'image/png' not in o.get('data', {})]
    return sum(bool(re.search(r'<Axes:|<ipython-input', t)) for t in seen)

def measured(path):
    "What one notebook counts, before shares are taken"
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    lines = [line for c in cells if c['cell_type'] == 'code' for line in code_of(source_of(c))]
    nodes, shown_lines = nodes_a_line(cells)
    return dict(lengths=[len(code_of(source_of(c))) for c in cells if is_idea(c)], run=longest_run(cells), followed=followed(cells),
                lines=len(lines), over100=sum(len(n) > 100 for n in lines), over110=sum(len(n) > 110 for n in lines),
                nodes=nodes, shown_lines=shown_lines, size=path.stat().st_size, junk=junk(cells))

def figures(*counts):
    "The figures of one notebook, or of several together"
    of = lambda key: sum(c[key] for c in counts)
    lengths, seen = ([x for c in counts for x in c[key]] for key in ('lengths', 'followed'))
    row = dict(p50=percentile(lengths, .5), p90=percentile(lengths, .9), max=max(lengths, default=0), run=max(c['run'] for c in counts),
               seen=round(share(sum(seen), len(seen))), w100=share(of('over100'), of('lines')), w110=share(of('over110'), of('lines')),
               nodes=of('nodes')/max(1, of('shown_lines')), kB=round(of('size')/KB), junk=of('junk'))
    if not lengths: row = {k: None if k in ('p50', 'p90', 'max', 'run', 'seen') else v for k, v in row.items()}   # it exports nothing
    return {k: round(v, DIGITS.get(k)) if v is not None else None for k, v in row.items()}

def kind_of(name): return name.split('/')[0] if '/' in name else 'library'
def limit_of(name, figure):
    limit = LIMITS[figure][0]
    return limit[kind_of(name)] if isinstance(limit, dict) else limit

def better(figure, a, b): return a > b if figure == 'seen' else a < b
def notebooks(): return sorted(p for p in NOTEBOOKS.rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts)
def name_of(path): return path.relative_to(NOTEBOOKS).with_suffix('').as_posix()

def table(rows):
    width = max(map(len, rows))
    print(f'{"":{width}}', *(f'{f:>6}' for f in LIMITS))
    for name, row in rows.items():
        print(f'{name:{width}}', *(f'{"–" if v is None else v:>6}' for v in row.values()))

def allowed(name, figure, record):
    "The limit; or what is on record, with a little slack, where that is worse"
    limit, known = limit_of(name, figure), record.get(name, {}).get(figure)
    if known is None or not better(figure, limit, known): return limit
    return round(known + (-1 if figure == 'seen' else 1)*SLACK.get(figure, 0), 1)

def violations(rows, record):
    "Each figure that is worse than it may be"
    for name, row in rows.items():
        for figure, value in row.items():
            if value is not None and better(figure, may := allowed(name, figure, record), value): yield name, figure, value, may

def lowered(rows, record):
    "The record with today's figures where they are better; a figure within its limit needs none"
    new = {}
    for name, row in rows.items():
        new[name] = {}
        for figure, value in row.items():
            if value is None or not better(figure, limit_of(name, figure), value): continue
            known = record.get(name, {}).get(figure)
            if known is None and name in record: continue              # a new fault of a known notebook: mend it
            new[name][figure] = value if known is None or better(figure, value, known) else known
    return new

def main():
    counts = {name_of(p): measured(p) for p in notebooks()}
    rows = {name: figures(c) for name, c in counts.items()}
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    if '--record' in sys.argv:
        new = lowered(rows, record)
        lines = [f' {json.dumps(name)}: {json.dumps(row)}' for name, row in new.items()]
        RECORD.write_text('{\n' + ',\n'.join(lines) + '\n}\n')
    elif '--check' in sys.argv:
        wrong = list(violations(rows, record))
        for name, figure, value, may in wrong:
            aim = '' if may == limit_of(name, figure) else f', as on record (aim {limit_of(name, figure)})'
            print(f'{name}: {figure} is {value}; expected {"at least" if figure == "seen" else "at most"} {may}{aim}: {LIMITS[figure][1]}')
        if wrong: sys.exit(f'{len(wrong)} figures are worse than they may be')
        print(f'{len(rows)} notebooks are no worse than they may be; {sum(map(len, record.values()))} figures on record wait to be mended')
    else:
        groups = {kind: [c for name, c in counts.items() if kind_of(name) == kind] for kind in LIMITS['kB'][0]}
        table(rows | {f'all: {kind}': figures(*cs) for kind, cs in groups.items() if cs} | {'all': figures(*counts.values())})
        print(*(f'{figure}: {meaning}' for figure, (_, meaning) in LIMITS.items()), sep='\n')

if __name__ == '__main__': main()
