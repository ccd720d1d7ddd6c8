// Words outside the catalogues: text and spoken attributes written straight into a screen.
//   node texts.mjs FOLDER …   prints `file:line: words`, one a line, and fails if there is one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import ts from 'typescript';

const SPOKEN = new Set([
  'about', 'alt', 'aria-label', 'aria-valuetext', 'caption', 'description', 'hint', 'label',
  'placeholder', 'title',
]); // prettier-ignore
const WORDS = /\p{L}{2,}/u;

function* screens(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* screens(path);
    else if (entry.name.endsWith('.tsx')) yield path;
  }
}

/** The words of an expression that stands where a person reads: a literal, or a choice between two. */
function* literals(node) {
  if (ts.isStringLiteralLike(node)) yield [node, node.text];
  else if (ts.isTemplateExpression(node)) {
    const said = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(' ');
    yield [node, said];
  } else if (ts.isConditionalExpression(node)) {
    yield* literals(node.whenTrue);
    yield* literals(node.whenFalse);
  } else if (ts.isBinaryExpression(node)) yield* literals(node.right);
  else if (ts.isParenthesizedExpression(node)) yield* literals(node.expression);
}

function* found(node) {
  if (ts.isJsxText(node)) yield [node, node.text];
  if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent))
    yield* literals(node.expression);
  if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer)
    yield* literals(ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer);
  for (const child of node.getChildren()) yield* found(child);
}

let count = 0;
for (const folder of process.argv.slice(2))
  for (const file of screens(folder)) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    for (const [node, words] of found(source)) {
      if (!WORDS.test(words)) continue;
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      process.stdout.write(`${file}:${line + 1}: ${words.trim().replace(/\s+/g, ' ')}\n`);
      count += 1;
    }
  }
process.exit(count > 0 ? 1 : 0);
