"""Make README.md from nbs/index.ipynb: its text, its code, and what the code printed.

python .ci/readme.py            write README.md
python .ci/readme.py --check    only say whether it is as it should be (exit code 1 if not)

Pictures are taken from nbs/images, by the links that the notebook's text holds. Cells marked `#| hide` are left out; `#| echo: false` leaves out the code alone.
"""
import json, re, sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent

def directives(source): return set(re.findall(r'^#\|\s*(.+?)\s*$', source, flags=re.M))

def outputs(cell):
    for o in cell['outputs']:
        text = ''.join(o.get('text', '') or o.get('data', {}).get('text/markdown', '') or o.get('data', {}).get('text/plain', ''))
        if 'text/markdown' in o.get('data', {}): yield text
        elif text and not {'image/png', 'image/svg+xml'} & o.get('data', {}).keys(): yield f'```text\n{text.rstrip()}\n```'

def blocks(cells):
    for cell in cells:
        source = ''.join(cell['source']).strip()
        said = directives(source)
        if not source or 'hide' in said: continue
        if cell['cell_type'] == 'markdown': yield source.replace('](images/', '](nbs/images/')
        elif cell['cell_type'] == 'code':
            code = re.sub(r'^#\|.*\n?', '', source, flags=re.M).strip()
            if 'echo: false' not in said: yield f'```python\n{code}\n```'
            yield from outputs(cell)

def readme():
    cells = json.loads((root/'nbs/index.ipynb').read_text(encoding='utf-8'))['cells']
    return '<!-- Made from nbs/index.ipynb by .ci/readme.py: change it there -->\n\n' + '\n\n'.join(blocks(cells)) + '\n'

def main():
    path, new = root/'README.md', readme()
    if '--check' not in sys.argv: path.write_text(new, encoding='utf-8'); return
    if path.read_text(encoding='utf-8') != new: sys.exit('README.md is not what nbs/index.ipynb says: run `python .ci/readme.py` and commit')
    print('README.md agrees with nbs/index.ipynb')

if __name__ == '__main__': main()
