"""Make README.md from nbs/index.ipynb: its text, its code, and what the code printed and drew.

python .ci/readme.py            write README.md and the pictures it shows (nbs/images/)
python .ci/readme.py --check    only say whether they are as they should be (exit code 1 if not)

Cells marked `#| hide` are left out; `#| echo: false` leaves out the code alone.
"""
import base64, json, re, sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
images = root/'nbs/images'

def directives(source): return set(re.findall(r'^#\|\s*(.+?)\s*$', source, flags=re.M))

def blocks(cells, pictures): # cells of a notebook; dict that takes file name -> bytes
    for cell in cells:
        source = ''.join(cell['source']).strip()
        said = directives(source)
        if not source or 'hide' in said: continue
        if cell['cell_type'] == 'markdown': yield re.sub(r'\]\((?!https?:|#|/)', '](nbs/', source)      # links as seen from the root
        elif cell['cell_type'] == 'code':
            code = re.sub(r'^#\|.*\n?', '', source, flags=re.M).strip()
            if 'echo: false' not in said: yield f'```python\n{code}\n```'
            for o in cell['outputs']: yield from shown(o, pictures)

def shown(output, pictures): # as Markdown
    data = output.get('data', {})
    text = ''.join(output.get('text', '') or data.get('text/markdown', '') or data.get('text/plain', '')).rstrip()
    if 'image/png' in data:
        name = f'readme-{len(pictures) + 1}.png'
        pictures[name] = base64.b64decode(''.join(data['image/png']))
        yield f'![](nbs/images/{name})'
    elif 'text/markdown' in data: yield text
    elif text: yield f'```text\n{text}\n```'

def readme(): # -> dict path -> bytes
    cells, pictures = json.loads((root/'nbs/index.ipynb').read_text(encoding='utf-8'))['cells'], {}
    text = '<!-- Made from nbs/index.ipynb by .ci/readme.py: change it there -->\n\n' + '\n\n'.join(blocks(cells, pictures)) + '\n'
    return {root/'README.md': text.encode(), **{images/name: b for name, b in pictures.items()}}

def main():
    files = readme()
    stale = {p for p in images.glob('readme-*.png') if p not in files}
    if '--check' not in sys.argv:
        images.mkdir(exist_ok=True)
        for p, b in files.items(): p.write_bytes(b)
        for p in stale: p.unlink()
    elif wrong := [p.name for p, b in files.items() if not p.exists() or p.read_bytes() != b] + [p.name for p in stale]:
        sys.exit(f'{", ".join(wrong)}: not what nbs/index.ipynb says: run `python .ci/readme.py` and commit')
    else: print('README.md agrees with nbs/index.ipynb')

if __name__ == '__main__': main()
