// The story of one mail. Query `trace, id`.
import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok } from '@/api/client';

/** What the screen reads of a story; the server tells more. */
export interface Story {
  message_id: string;
  mail: {
    status: string;
    sent_at: string | null;
    queued_at: string;
    mailbox: string;
    transport: string;
    provider_answer: string | null;
    content_hash: string;
    raw_sha256: string | null;
  };
  decision: {
    by: string;
    name: string | null;
    decided_at: string;
    content_hash: string;
  } | null;
  versions: Array<{
    number: number;
    version: number;
    status: string;
    subject: string;
    body: string;
    writer: string;
    contact: string;
    account: string;
    created_at: string;
    decision: string | null;
    decided_by: string | null;
    decided_at: string | null;
    decision_note: string | null;
  }>;
  run: {
    id: string;
    agent_name: string;
    started_at: string;
    cost_estimate: string;
    steps_in_all: number;
    steps: Array<{ number: number; kind: string; name: string; status: string }>;
  } | null;
  blueprint: { version: number; created_at: string } | null;
  evidence: Array<{
    claim: string;
    fact: {
      kind: string;
      value: string;
      quote: string;
      source: string;
      url: string;
      retrieved_at: string;
      raw_sha256: string;
    } | null;
  }>;
  thread: Array<{ kind: string; subject: string; from_address: string; received_at: string }>;
  events: Array<{ id: string; at: string; actor: string; action: string; leaf_no: number | null }>;
  proofs: Record<string, unknown>;
}

const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['trace', id],
    queryFn: async () =>
      (await ok(
        api.GET('/api/trace/{message_id}', { params: { path: { message_id: id } } }),
      )) as unknown as Story,
    enabled: id !== '',
    retry: false,
  });

export const useTrace = (id: string) => useQuery(traceQuery(id));
