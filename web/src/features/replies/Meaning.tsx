// A person says what a reply means; the server does what follows, or says why it cannot be said.
import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/api/me';
import { Notice } from '@/components/Notice';
import { Part } from '@/components/Screen';
import { Told } from '@/components/Told';
import parts from '@/components/parts.module.css';
import { moment } from '@/lib/time';

import classes from './replies.module.css';
import { Form } from './MeaningForm';
import type { Reply } from './queries';
import { say, worded } from './texts';

interface Props {
  reply: Reply;
  next: string | undefined;
  shelf: 'all' | undefined;
}

export function Meaning({ reply, next, shelf }: Props) {
  const maySay = useMay('replies.write');
  const navigate = useNavigate();
  const [isAsked, setAsked] = useState(false);
  const [told, setTold] = useState<readonly string[]>([]);
  const said = reply.reply_class;
  const isOpen = maySay && (isAsked || (said === null && reply.kind === 'reply'));
  return (
    <Part title={say('means')}>
      <p className={classes.now}>
        {said
          ? say('meansNow', {
              meaning: worded(`class_${said}`, said),
              when: reply.said_at ? moment(reply.said_at) : '',
            })
          : reply.kind === 'reply'
            ? say('wantsMore')
            : worded(`pick_${reply.kind}`, worded(`kind_${reply.kind}`, reply.kind))}
      </p>
      {isOpen ? (
        <Form
          reply={reply}
          done={(said) => {
            setTold(said);
            setAsked(false);
          }}
          leave={isAsked ? () => setAsked(false) : undefined}
        />
      ) : (
        <div className={parts.actions}>
          {said && next && (
            <Button
              size="sm"
              onClick={() =>
                void navigate({ to: '/replies/$reply', params: { reply: next }, search: shelf ? { shelf } : {} })
              }
              rightSection={<IconArrowRight size={15} />}
            >
              {say('next')}
            </Button>
          )}
          {maySay && (
            <Button size="sm" variant="default" onClick={() => setAsked(true)}>
              {say('sayOther')}
            </Button>
          )}
        </div>
      )}
      {told.length > 0 && (
        <Notice tone="warn">
          {told.map((sentence) => (
            <p key={sentence}>
              <Told words={sentence} />
            </p>
          ))}
        </Notice>
      )}
      {!maySay && <Notice>{say('mayNot')}</Notice>}
    </Part>
  );
}
