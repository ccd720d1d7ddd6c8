// Steps as a person edits them: by keys that stay when the order changes, not by numbers.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export interface ArmForm {
  name: string;
  subject_style: string;
  purpose: string;
  angle: string;
}

export interface StepForm {
  key: number;
  channel: string;
  purpose: string;
  delay: string;
  template: string;
  angle: string;
  subject_style: string;
  /** '' the next one, 'end', or the key of a later step. */
  then: string;
  /** Class of a reply → 'stop', 'pause' or the key of a later step. */
  on: Record<string, string>;
  experiment: { name: string; arms: ArmForm[] } | null;
}

interface Stored {
  version: number;
  pacing: Record<string, number>;
  steps: Array<{
    number: number;
    channel: string;
    delay_business_days: number;
    purpose: string;
    template: string;
    angle: string;
    subject_style: string;
    then: number | null;
    branches: Record<string, number | string>;
    experiment: { name: string; arms: ArmForm[] } | null;
  }>;
}

let keys = 0;
export const newKey = () => (keys += 1);

export const blank = (): StepForm => ({
  key: newKey(),
  channel: 'email',
  purpose: 'follow_up',
  delay: '3',
  template: '',
  angle: '',
  subject_style: '',
  then: '',
  on: {},
  experiment: null,
});

function formsOf(stored: Stored): StepForm[] {
  const keyOf = new Map(stored.steps.map((step) => [step.number, newKey()]));
  const target = (to: number | string) => (typeof to === 'number' ? String(keyOf.get(to) ?? '') : to);
  return stored.steps.map((step) => ({
    key: keyOf.get(step.number) ?? newKey(),
    channel: step.channel,
    purpose: step.purpose,
    delay: String(step.delay_business_days),
    template: step.template,
    angle: step.angle,
    subject_style: step.subject_style,
    then: step.then === null ? '' : step.then === 0 ? 'end' : target(step.then),
    on: Object.fromEntries(Object.entries(step.branches).map(([reply, to]) => [reply, target(to)])),
    experiment: step.experiment,
  }));
}

/** What the server reads: numbers in order, and nothing that says nothing. */
export function valuesOf(steps: readonly StepForm[], pacing: Record<string, number>) {
  const numberOf = new Map(steps.map((step, place) => [String(step.key), place + 1]));
  const way = (to: string): string | number => (to === 'stop' || to === 'pause' || to === 'end' ? to : (numberOf.get(to) ?? to));
  return {
    steps: steps.map((step, place) => ({
      number: place + 1,
      channel: step.channel,
      purpose: step.purpose,
      delay: place === 0 ? 0 : Number(step.delay),
      template: step.channel === 'email' ? '' : step.template,
      angle: step.angle,
      subject_style: step.channel === 'email' ? step.subject_style : '',
      ...(step.then ? { then: way(step.then) } : {}),
      on: Object.fromEntries(Object.entries(step.on).filter(([, to]) => to).map(([reply, to]) => [reply, way(to)])),
      ...(step.experiment && step.channel === 'email' ? { experiment: step.experiment } : {}),
    })),
    pacing,
  };
}

/** Without a step, whoever led to it goes on with the next. */
export function without(steps: readonly StepForm[], key: number): StepForm[] {
  const gone = String(key);
  return steps
    .filter((step) => step.key !== key)
    .map((step) => ({
      ...step,
      then: step.then === gone ? '' : step.then,
      on: Object.fromEntries(Object.entries(step.on).filter(([, to]) => to !== gone)),
    }));
}

const sequenceQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', 'sequence', id] as const,
    queryFn: async () => {
      const path = { params: { path: { campaign: id } } };
      const stored = (await ok(api.GET('/api/campaigns/{campaign}/sequence', path))) as unknown as Stored;
      return { version: stored.version, pacing: stored.pacing, steps: formsOf(stored) };
    },
    staleTime: Infinity,
    gcTime: 0,
  });

export const useSequence = (id: string) => useQuery(sequenceQuery(id));

export interface Planned {
  number: number;
  channel: string;
  purpose: string;
  day: number | null;
  date: string | null;
  arms: string[];
}

export interface Move {
  enrollment_id: string;
  contact: string;
  step_now: { number: number } | null;
  step_then: { number: number } | null;
  due_now: string | null;
  due_then: string | null;
  void_drafts: number[];
  changes: boolean;
}

type Values = ReturnType<typeof valuesOf>;

export const usePreview = (campaign: string, values: Values | undefined) =>
  useQuery({
    queryKey: ['sequence-preview', campaign, values],
    queryFn: async () => {
      const sequence = values as unknown as Record<string, never>;
      const body = { sequence, apply: 'new' as const, note: '' };
      const path = { params: { path: { campaign } } };
      return (await ok(
        api.POST('/api/campaigns/{campaign}/sequence/preview', { ...path, body }),
      )) as unknown as { schedule: Planned[]; moves: Move[] };
    },
    enabled: values !== undefined,
    placeholderData: (before) => before,
    retry: false,
    gcTime: 0,
  });

export function useSave(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: { values: Values; apply: Schemas['outrider__app__api__sequences__Proposal']['apply']; note: string }) =>
      ok(
        api.PUT('/api/campaigns/{campaign}/sequence', {
          params: { path: { campaign } },
          body: { sequence: asked.values as unknown as Record<string, never>, apply: asked.apply, note: asked.note },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}
