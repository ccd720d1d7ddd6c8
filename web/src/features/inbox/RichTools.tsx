// The tools above words in form; each says whether it is on where the cursor stands.
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBold,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
} from '@tabler/icons-react';
import { useEditorState, type Editor } from '@tiptap/react';
import { useState, type ReactNode } from 'react';

import classes from './Rich.module.css';
import { say } from './writingTexts';

const SCHEME = 'https://';

export function RichTools({ editor }: { editor: Editor }) {
  const [address, setAddress] = useState<string | null>(null);
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      bullets: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      link: now.isActive('link'),
      undo: now.can().undo(),
      redo: now.can().redo(),
    }),
  });
  const act = () => editor.chain().focus();
  return (
    <>
      <div className={classes.tools} role="toolbar" aria-label={say('form')}>
        <Tool label={say('bold')} isOn={on.bold} act={() => act().toggleBold().run()}>
          <IconBold size={16} />
        </Tool>
        <Tool label={say('italic')} isOn={on.italic} act={() => act().toggleItalic().run()}>
          <IconItalic size={16} />
        </Tool>
        <Tool label={say('bullets')} isOn={on.bullets} act={() => act().toggleBulletList().run()}>
          <IconList size={16} />
        </Tool>
        <Tool label={say('numbers')} isOn={on.numbers} act={() => act().toggleOrderedList().run()}>
          <IconListNumbers size={16} />
        </Tool>
        <Tool
          label={say('link')}
          isOn={on.link}
          act={() => setAddress(String(editor.getAttributes('link').href ?? ''))}
        >
          <IconLink size={16} />
        </Tool>
        <span className={classes.gap} />
        <Tool label={say('undo')} isOff={!on.undo} act={() => act().undo().run()}>
          <IconArrowBackUp size={16} />
        </Tool>
        <Tool label={say('redo')} isOff={!on.redo} act={() => act().redo().run()}>
          <IconArrowForwardUp size={16} />
        </Tool>
      </div>
      {address !== null && (
        <Address editor={editor} first={address} isOn={on.link} close={() => setAddress(null)} />
      )}
    </>
  );
}

interface ToolProps {
  label: string;
  isOn?: boolean;
  isOff?: boolean;
  act: () => unknown;
  children: ReactNode;
}

function Tool({ label, isOn, isOff = false, act, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={isOn ? 'light' : 'subtle'}
        color={isOn ? 'pine' : 'gray'}
        size={30}
        aria-label={label}
        disabled={isOff}
        {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
        // The words keep their selection.
        onMouseDown={(event) => event.preventDefault()}
        onClick={act}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

interface AddressProps {
  editor: Editor;
  first: string;
  isOn: boolean;
  close: () => void;
}

/** Where a link leads. Nothing is linked that has no words. */
function Address({ editor, first, isOn, close }: AddressProps) {
  const [address, setAddress] = useState(first);
  const [wrong, setWrong] = useState<string | null>(null);
  const done = () => {
    close();
    editor.commands.focus();
  };
  const set = () => {
    const said = address.trim();
    const href = /^[\w-]+(\.[\w-]+)+([/?#].*)?$/.test(said) ? SCHEME + said : said;
    if (!/^(https?:\/\/|mailto:)\S+$/i.test(href)) return setWrong(say('noAddress'));
    const link = editor.chain().focus().extendMarkRange('link');
    if (editor.state.selection.empty && !isOn)
      link.insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] }).run();
    else link.setLink({ href }).run();
    done();
  };
  return (
    <div
      className={classes.address}
      onKeyDown={(event) => {
        const isEnter = event.key === 'Enter' && event.target instanceof HTMLInputElement;
        if (event.key !== 'Escape' && !isEnter) return;
        event.preventDefault();
        event.stopPropagation();
        if (isEnter) set();
        else done();
      }}
    >
      <TextInput
        className={classes.grows}
        size="xs"
        type="url"
        autoFocus
        aria-label={say('leadsTo')}
        placeholder={SCHEME}
        value={address}
        error={wrong}
        onChange={(event) => {
          setAddress(event.currentTarget.value);
          setWrong(null);
        }}
      />
      <Button variant="default" onClick={set}>
        {say('setLink')}
      </Button>
      {isOn && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            editor.chain().focus().extendMarkRange('link').unsetLink().run();
            done();
          }}
        >
          {say('noLink')}
        </Button>
      )}
    </div>
  );
}
