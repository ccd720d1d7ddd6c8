// What is opened now and then comes in pieces of its own, fetched while nothing else is to do.
import { later } from '@/components/later';

const editor = () => import('./Editor');
const rejectDialog = () => import('./RejectDialog');
const changes = () => import('./Changes');
const bulk = () => import('./Bulk');
const variants = () => import('./Variants');

export const Editor = later(editor);
export const RejectDialog = later(rejectDialog);
export const Changes = later(changes);
export const Bulk = later(bulk);
export const Variants = later(variants);

window.setTimeout(() => {
  for (const piece of [editor, rejectDialog, changes, bulk, variants]) piece().catch(() => undefined);
}, 1500);
