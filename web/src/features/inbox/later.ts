// What is opened now and then comes in pieces of its own, fetched while nothing else is to do.
import { lazy } from 'react';

const editor = () => import('./Editor');
const rejectDialog = () => import('./RejectDialog');
const changes = () => import('./Changes');
const bulk = () => import('./Bulk');
const variants = () => import('./Variants');

export const Editor = lazy(editor);
export const RejectDialog = lazy(rejectDialog);
export const Changes = lazy(changes);
export const Bulk = lazy(bulk);
export const Variants = lazy(variants);

window.setTimeout(() => {
  for (const piece of [editor, rejectDialog, changes, bulk, variants]) piece().catch(() => undefined);
}, 1500);
