"""Just enough SVG, in the colours of the training curves, by day and by night."""

from html import escape

STYLE = """
svg{color-scheme:light dark;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",Arial,sans-serif}
text{font-size:13px;fill:#57606a;font-variant-numeric:tabular-nums}
.title{font-size:21px;font-weight:600;fill:#1b1f24}
.tick{paint-order:stroke;stroke:#fff;stroke-width:4px}
.row,.last{font-size:14px;font-weight:600}
.row{fill:#1b1f24}
.axis{stroke:#8c959f;stroke-width:1}
.grid{stroke:#e6e9ed;stroke-width:1}
.ground{fill:#fff}
.own{fill:#0a58ca}
.other{fill:#b6c2cf}
line.wall{stroke:#bc4c00;stroke-width:1.75;stroke-dasharray:4 3}
text.wall{fill:#bc4c00}
path{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}
.s0{stroke:#0a58ca}.t0{fill:#0a58ca}.s1{stroke:#bc4c00}.t1{fill:#bc4c00}
.s2{stroke:#1a7f37}.t2{fill:#1a7f37}.s3{stroke:#8250df}.t3{fill:#8250df}
@media(prefers-color-scheme:dark){
text{fill:#9ea7b3}
.title,.row{fill:#eef1f5}
.axis{stroke:#6b7480}
.tick{stroke:#12161c}
.grid{stroke:#262c35}
.ground{fill:#12161c}
.own{fill:#79b8ff}
.other{fill:#4a5563}
line.wall{stroke:#ffa657}
text.wall{fill:#ffa657}
.s0{stroke:#79b8ff}.t0{fill:#79b8ff}.s1{stroke:#ffa657}.t1{fill:#ffa657}
.s2{stroke:#56d364}.t2{fill:#56d364}.s3{stroke:#d2a8ff}.t3{fill:#d2a8ff}
}
"""


class Canvas:
    def __init__(self, width, height, title, summary):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title summary">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="summary">{escape(summary)}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{width}" height="{height}"/>',
        ]
        self.text("title", 40, 42, title)
        self.text("summary", 40, 68, summary)

    def text(self, style, x, y, words, anchor="start"):
        place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
        self.parts.append(f'<text class="{style}" {place}>{escape(words)}</text>')

    def bar(self, style, x, y, width, height):
        size = f'width="{width:.1f}" height="{height}"'
        self.parts.append(f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" {size} rx="2"/>')

    def line(self, style, x1, y1, x2, y2):
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self.parts.append(f'<line class="{style}" {ends}/>')

    def path(self, style, points):
        steps = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<path class="{style}" d="M{steps}"/>')

    def svg(self):
        return "\n".join([*self.parts, "</svg>"]) + "\n"
