// A field for words in form: bold, italic, links and lists. What it gives is read anew by the server.
import { Bold } from '@tiptap/extension-bold';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Italic } from '@tiptap/extension-italic';
import { Link } from '@tiptap/extension-link';
import { BulletList, ListItem, ListKeymap, OrderedList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Text } from '@tiptap/extension-text';
import { UndoRedo } from '@tiptap/extensions';
import { EditorContent, useEditor } from '@tiptap/react';

import { strangeIn, type Strange } from './form';
import { RichTools } from './RichTools';
import classes from './Rich.module.css';
import { say } from './writingTexts';

const EXTENSIONS = [
  Document,
  Paragraph,
  Text,
  Bold,
  Italic,
  BulletList,
  OrderedList,
  ListKeymap,
  UndoRedo,
  // An item is one line: mail programs differ in how they set a list within a list in.
  ListItem.extend({ content: 'paragraph' }),
  // With Control, Enter saves.
  HardBreak.extend({
    addKeyboardShortcuts() {
      return { 'Shift-Enter': () => this.editor.commands.setHardBreak() };
    },
  }),
  Link.extend({ inclusive: false }).configure({
    openOnClick: false,
    autolink: false,
    linkOnPaste: false,
    protocols: ['https', 'http', 'mailto'],
    HTMLAttributes: { target: null, rel: null },
    isAllowedUri: (url) => /^(https?:\/\/|mailto:)/i.test(url),
  }),
];

interface Props {
  /** What it begins with; later values are its own. */
  html: string;
  describedBy: string;
  onChange: (html: string) => void;
  onPasted: (strange: Strange[]) => void;
}

export default function RichField({ html, describedBy, onChange, onPasted }: Props) {
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: html,
    autofocus: 'start',
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': say('words'),
        'aria-describedby': describedBy,
        class: classes.words ?? '',
        'data-autofocus': '',
      },
      transformPastedHTML: (pasted) => {
        onPasted(strangeIn(pasted));
        return pasted;
      },
    },
    onUpdate: (now) => onChange(now.editor.getHTML()),
  });
  return (
    <div className={classes.field}>
      <RichTools editor={editor} />
      <EditorContent editor={editor} />
    </div>
  );
}
