// The answers to one draft: send them, say what came of them, go on.
import { notifications } from '@mantine/notifications';

import { Problem, sentenceOf } from '@/api/client';
import { useStillHere } from '@/lib/stillHere';

import {
  useApprove,
  useChoose,
  useEdit,
  useReject,
  useSnooze,
  type Category,
  type Decided,
  type Words,
} from './queries/decide';
import type { Item } from './queries/item';
import type { Place } from './usePlace';
import type { Undo } from './useUndo';
import { say } from './texts';

export interface Deciding {
  approve: () => void;
  snooze: () => void;
  reject: (note: string, category: Category | null, done: () => void) => void;
  save: (words: Words, andApprove: boolean) => void;
  choose: (variant: number, done: () => void) => void;
  isBusy: boolean;
}

interface Around {
  place: Place;
  onward: () => void;
  undo: Undo;
  noteRejected: () => void;
}

export function useDeciding(item: Item, around: Around): Deciding {
  const { onward, undo, place } = around;
  const approving = useApprove();
  const editing = useEdit();
  const rejecting = useReject();
  const snoozing = useSnooze();
  const choosing = useChoose();
  const may = (verb: string) => item.can[verb]?.allowed ?? false;
  const isStillHere = useStillHere();
  const follow = (made: Decided) => {
    if (isStillHere()) place.open(made.number, true);
  };

  const approved = (done: Decided) => {
    if (done.was_test) tellTest(done);
    else if (done.status === 'pending') tellHalf(done);
    else if (done.undo_until)
      undo.note({
        number: done.number,
        until: new Date(done.undo_until).getTime(),
        words: say('approvedFor', { account: item.person.account }),
      });
  };
  const approve = () => {
    if (!may('approve') || approving.isPending) {
      if (!may('approve')) tell(say('notToApprove'), item.can.approve?.why_not ?? '', 'yellow');
      return;
    }
    approving
      .decide({ number: item.number, hash: item.content_hash })
      .then(approved)
      .catch((error: unknown) => tellError(error, item.person.account));
    onward();
  };
  const snooze = () => {
    if (!may('snooze')) return;
    const aside = item.review?.snoozed_until != null;
    snoozing
      .decide({ number: item.number, until: aside ? null : 'tomorrow' })
      .then(() =>
        tell('', say(aside ? 'isBack' : 'isAside'), 'pine'),
      )
      .catch((error: unknown) => tellError(error, item.person.account));
    if (!aside) onward();
  };
  const reject: Deciding['reject'] = (note, category, done) => {
    rejecting
      .decide({ number: item.number, note, category })
      .then((answer) => {
        done();
        if (answer.was_test) tellTest(answer);
        else around.noteRejected();
      })
      .catch(tellError);
  };
  const save: Deciding['save'] = (words, andApprove) => {
    editing
      .decide({ number: item.number, words })
      .then((made) => {
        if (made.was_test) tellTest(made);
        if (made.was_test || !andApprove) return follow(made);
        if (isStillHere()) onward();
        return approving
          .decide({ number: made.number, hash: made.content_hash })
          .then(approved);
      })
      .catch(tellError);
  };
  const choose: Deciding['choose'] = (variant, done) => {
    choosing
      .decide({ number: item.number, variant })
      .then((made) => {
        done();
        if (made.was_test) tellTest(made);
        follow(made);
      })
      .catch(tellError);
  };
  const isBusy = [approving, editing, rejecting, snoozing, choosing].some((one) => one.isPending);
  return { approve, snooze, reject, save, choose, isBusy };
}

function tell(title: string, message: string, color: string): void {
  notifications.show({ ...(title ? { title } : {}), message, color });
}

/** Whom it was about is said where the screen has gone on to somebody else. */
function tellError(error: unknown, account?: string): void {
  const conflict = error instanceof Problem && error.isConflict;
  const title = say(conflict ? 'wasFirst' : 'didNotWork');
  tell(
    account ? say('aboutWhom', { title, account }) : title,
    sentenceOf(error),
    conflict ? 'yellow' : 'red',
  );
}

function tellTest(done: Decided): void {
  notifications.show({
    title: say('wasTest'),
    message: done.note ?? '',
    color: 'blue',
    autoClose: 15_000,
  });
}

function tellHalf(done: Decided): void {
  const needed = done.review?.approvals_needed ?? 2;
  tell(say('oneOfTwo'), say('oneMore', { count: needed }), 'blue');
}
