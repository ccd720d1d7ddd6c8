// Words outside the catalogues: text and spoken attributes written straight into a screen, and whatever
// else reads like a sentence or a title.
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

/** Words that begin with a capital, or three in a row. */
const SENTENCE = /^\p{Lu}\p{Ll}+(?![\p{L}\d-])|\p{L}{2,} \p{L}+ \p{L}{2,}/u;
/**
 * Names that are the same in every language: of makers and their products, of fonts, of keys, of our
 * commands; and the heads of lines that a run's summary has.
 */
const NAMES =
  /^(?:outrider [a-z ]+|Inter, .*|Tools:|Cost:|Ctrl|Ctrl .|Esc|Enter|Mac OS|Windows|Linux|Android|Edge?|Firefox|Chrome|Safari|Resend|SendGrid|Amazon SES|Mailgun|Postmark|Gmail|Microsoft 365)$/u;
const CATALOGUE = /[tT]exts\.ts$/;

function* screens(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* screens(path);
    else if (/\.tsx?$/.test(entry.name) && !CATALOGUE.test(entry.name)) yield path;
  }
}

/** Whether a literal is a name for the program: a module, a type, a key, a word that is compared. */
function isName(node) {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent))
    return true;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) {
    if (parent.name === node) return true;
  }
  // The name under which a module gives its screen.
  if (ts.isCallExpression(parent) && parent.expression.getText() === 'screen') return true;
  if (ts.isElementAccessExpression(parent) || ts.isCaseClause(parent) || ts.isExternalModuleReference(parent))
    return true;
  return ts.isBinaryExpression(parent) && /^[!=]==$/.test(parent.operatorToken.getText());
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
  if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) && SENTENCE.test(node.text) && !isName(node))
    yield [node, node.text];
  for (const child of node.getChildren()) yield* found(child);
}

let count = 0;
const told = new Set();
for (const folder of process.argv.slice(2))
  for (const file of screens(folder)) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    for (const [node, words] of found(source)) {
      if (!WORDS.test(words) || NAMES.test(words) || told.has(`${file}:${node.getStart()}`)) continue;
      told.add(`${file}:${node.getStart()}`);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      process.stdout.write(`${file}:${line + 1}: ${words.trim().replace(/\s+/g, ' ')}\n`);
      count += 1;
    }
  }
process.exit(count > 0 ? 1 : 0);
