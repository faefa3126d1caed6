'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Who } from '@/components/campaigns/new/who';
import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Field, Input, Textarea } from '@/components/ui/field';
import { Heading, Section } from '@/components/ui/heading';
import { useLater } from '@/components/ui/later';
import { Failed, FailedLine } from '@/components/ui/states';
import { useBrowserZone } from '@/components/ui/time';
import type { AffectedCustomer } from '@/lib/detection/view/summary-model';
import type { Result } from '@/lib/edge/model';
import { proposeOrder } from '@/lib/orders/actions';
import type { OrderView } from '@/lib/orders/model';
import { orderInWords } from '@/lib/orders/order-words-model';
import { draftLike, newDraft, type OrderDraft, requestOf, type UnplacedDraft } from './draft';

type Initial = { customers: AffectedCustomer[]; like: OrderView | null };

/** Proposes a standing order, from good defaults or from another order. */
export function NewOrderScreen({ initial }: { initial: Result<Initial> }) {
  if (!initial.ok)
    return (
      <Failed
        page
        what="The customers could not be read"
        failure={initial.error}
        stillWorks="Active orders go on whether or not this page can be read."
      />
    );
  const { customers, like } = initial.data;
  const isChange = like?.status === 'active' || like?.status === 'stopped';
  return (
    <>
      <Heading
        title={isChange ? 'Change of a standing order' : 'New standing order'}
        verdict={
          <span className="text-muted">
            {isChange
              ? 'An order never changes. This proposes another one, which replaces it once a second person approved it.'
              : 'It repairs what goes stale, every night, within limits. It does nothing before a second person approved it.'}
          </span>
        }
      />
      <Form customers={customers} like={like} replaces={isChange ? like.id : undefined} />
    </>
  );
}

type FormProps = { customers: AffectedCustomer[]; like: OrderView | null; replaces: string | undefined };

function Form({ customers, like, replaces }: FormProps) {
  const browserZone = useBrowserZone();
  const [unplaced, setDraft] = useState<UnplacedDraft>(() => (like ? draftLike(like.terms) : newDraft()));
  const draft = { ...unplaced, timeZone: unplaced.timeZone ?? browserZone };
  const change = (some: Partial<OrderDraft>) => setDraft((before) => ({ ...before, ...some }));
  const { check = null } = useLater(() => import('./check')) ?? {};
  const { request, terms, faults } = requestOf(draft, replaces, check);
  const number = (key: 'rowsOfNight' | 'rowsOfCustomer' | 'daysBack' | 'failureBudget', min: number) => (
    <Input
      id={`order-${key}`}
      type="number"
      min={min}
      required
      value={Number.isNaN(draft[key]) ? '' : draft[key]}
      onChange={(event) => change({ [key]: event.target.valueAsNumber })}
      className="w-32"
    />
  );
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-6">
        <Who params={draft} customers={customers} fault={faults.filter} onChange={change} />
        <Section title="How much">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              htmlFor="order-rowsOfNight"
              label="Label rows in a night, at most"
              hint="Customers that do not fit are left out that night."
              error={faults.rowsOfNight}
            >
              {number('rowsOfNight', 1)}
            </Field>
            <Field
              htmlFor="order-rowsOfCustomer"
              label="Label rows of a customer in a night, at most"
              hint="A customer with more is left out, and a person looks at it."
              error={faults.rowsOfCustomer}
            >
              {number('rowsOfCustomer', 1)}
            </Field>
            <Field
              htmlFor="order-daysBack"
              label="Days back"
              hint="Counted from the newest day that is over and older than the safety margin."
              error={faults.daysBack}
            >
              {number('daysBack', 1)}
            </Field>
            <Field
              htmlFor="order-failureBudget"
              label="Customers that may be set aside in a night"
              hint="With more it stops itself. It always stops after a run that is not verified."
              error={faults.failureBudget}
            >
              {number('failureBudget', 0)}
            </Field>
          </div>
        </Section>
        <Section title="When">
          <div className="flex flex-wrap gap-4">
            <Field htmlFor="order-from" label="Begins at" error={faults.window}>
              <Input
                id="order-from"
                type="time"
                required
                value={draft.from}
                onChange={(event) => change({ from: event.target.value })}
              />
            </Field>
            <Field htmlFor="order-to" label="Stops at">
              <Input
                id="order-to"
                type="time"
                required
                value={draft.to}
                onChange={(event) => change({ to: event.target.value })}
              />
            </Field>
            <Field htmlFor="order-zone" label="Time zone">
              <Input
                id="order-zone"
                required
                value={draft.timeZone}
                onChange={(event) => change({ timeZone: event.target.value })}
                className="w-44"
              />
            </Field>
            <Field htmlFor="order-until" label="Last night" hint="At most 92 days ahead." error={faults.untilDay}>
              <Input
                id="order-until"
                type="date"
                required
                value={draft.untilDay}
                onChange={(event) => change({ untilDay: event.target.value })}
              />
            </Field>
          </div>
        </Section>
        <Field htmlFor="order-reason" label="Reason, which the approver reads" error={faults.reason}>
          <Textarea
            id="order-reason"
            rows={2}
            placeholder="Until CONVI-6242 is fixed"
            value={draft.reason}
            onChange={(event) => change({ reason: event.target.value })}
            className="max-w-prose"
          />
        </Field>
      </div>
      <Propose request={request} terms={terms} isChecked={check !== null} />
    </div>
  );
}

/** The order in words, and the button that proposes it. */
function Propose({ request, terms, isChecked }: Omit<ReturnType<typeof requestOf>, 'faults'> & { isChecked: boolean }) {
  const router = useRouter();
  const refusal = useRefusal('backfill.run');
  const { change, pending, failure } = useChange();
  const missing = terms === null ? 'Something must be corrected first.' : 'Write the reason first.';
  const why = refusal ?? (request === null && isChecked ? missing : null);
  return (
    <section
      aria-label="Proposal"
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4 text-sm lg:sticky lg:top-16"
    >
      {terms && <p className="[overflow-wrap:anywhere]">{orderInWords(terms)}</p>}
      <p className="text-muted">
        The worker then counts what it would have done last night. You see that before you ask a second person.
      </p>
      {failure && <FailedLine failure={failure} />}
      <Button
        look="primary"
        size="tall"
        disabled={pending || why !== null || request === null}
        onClick={() =>
          request &&
          change(
            () => proposeOrder(request),
            ({ orderId }) => router.push(routes.order(orderId)),
          )
        }
      >
        {pending ? 'Proposing' : 'Propose'}
      </Button>
      {why && <p className="text-muted">{why}</p>}
    </section>
  );
}
