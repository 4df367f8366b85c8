// Draws what a terminal printed as an SVG. usage: generate-terminal-image.ts TEXT_FILE > IMAGE
import { readFileSync } from 'node:fs';

const lineHeight = 19;
const charWidth = 8.4;
const padding = 18;

const lines = readFileSync(process.argv[2] ?? '', 'utf8')
  .trimEnd()
  .split('\n');
const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * charWidth + 2 * padding);
const height = lines.length * lineHeight + 2 * padding + 14;

/** One colour per line is enough to read it: prompts, what succeeded, the rest. */
function colourOf(line: string): string {
  if (line.startsWith('$ ')) return '#8ab4f8';
  return /^\s*✓/.test(line) ? '#7bd88f' : '#e6e6e6';
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const rows = lines.map((line, index) => {
  const y = padding + 14 + (index + 1) * lineHeight;
  return `<text x="${padding}" y="${y}" fill="${colourOf(line)}" xml:space="preserve">${escapeXml(line)}</text>`;
});

process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Terminal">
<rect width="100%" height="100%" rx="10" fill="#16181d"/>
<circle cx="20" cy="18" r="5" fill="#ff5f57"/><circle cx="38" cy="18" r="5" fill="#febc2e"/><circle cx="56" cy="18" r="5" fill="#28c840"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">
${rows.join('\n')}
</g>
</svg>
`);
