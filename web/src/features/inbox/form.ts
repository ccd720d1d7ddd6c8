// Words in form in the browser: from plain words, and what of a paste or a form is lost. The server
// reads all of it anew: what it makes of the words is what is stored.

const PARAGRAPHS = /\n[ \t]*\n\s*/;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Plain words as paragraphs, their own line ends kept. */
export function toHtml(body: string): string {
  return body
    .split(PARAGRAPHS)
    .map((one) => `<p>${escaped(one).replaceAll('\n', '<br>')}</p>`)
    .join('');
}

const FORMS = { bold: 'b, strong', italic: 'i, em', links: 'a[href]', lists: 'ul, ol' } as const;
const STRANGE = {
  pictures: 'img, svg, picture, video, canvas',
  headings: 'h1, h2, h3, h4, h5, h6',
  tables: 'table',
  underlining: 'u, ins, s, del, strike',
  colours: '[style*="color" i], [style*="font-size" i], font',
  nested: 'li ul, li ol',
  fields: 'form, input, button, select, textarea',
  programs: 'script, iframe, object, embed',
} as const;

export type Form = keyof typeof FORMS;
export type Strange = keyof typeof STRANGE;

function found<K extends string>(html: string, marks: Readonly<Record<K, string>>): K[] {
  // Parsed, never shown: nothing of it runs and nothing is fetched.
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return (Object.keys(marks) as K[]).filter((one) => body.querySelector(marks[one]) !== null);
}

/** What plain words would lose of these. */
export const formsOf = (html: string): Form[] => found(html, FORMS);

/** What of a paste a mail of ours does not hold. */
export const strangeIn = (html: string): Strange[] => found(html, STRANGE);
