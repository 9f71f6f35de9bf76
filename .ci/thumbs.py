"""Draw the thumbnails of the start page (nbs/tutorials/thumbs/) from what each tutorial has drawn itself.

python .ci/thumbs.py            the picture of each tutorial whose number stands in PICTURE, 240 pixels wide
"""
import base64, io, json
from pathlib import Path
from PIL import Image

tutorials = Path(__file__).resolve().parent.parent/'nbs/tutorials'
PICTURE = {'01': 0, '02': 1, '03': 3, '04': 0, '05': 0, '06': 0, '07': 0, '08': 1}      # which of its pictures

def pictures(notebook): # all that its cells have drawn
    for cell in json.loads(notebook.read_text(encoding='utf-8'))['cells']:
        for o in cell.get('outputs', []):
            if 'image/png' in o.get('data', {}): yield base64.b64decode(''.join(o['data']['image/png']))

def main():
    folder = tutorials/'thumbs'; folder.mkdir(exist_ok=True)
    for number, which in PICTURE.items():
        notebook, = tutorials.glob(f'{number}_*.ipynb')
        im = Image.open(io.BytesIO(list(pictures(notebook))[which])).convert('RGB')
        im = im.crop((0, 0, min(im.width, 2*im.height), im.height)); im.thumbnail((240, 160))
        im.quantize(64).save(folder/f'{number}.png', optimize=True)
        print(number, im.size, (folder/f'{number}.png').stat().st_size)

if __name__ == '__main__': main()
