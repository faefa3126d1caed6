import '@/components/ui/jitless';
import { OrderTerms, ProposeOrder } from '@/lib/orders/model';

type Checked = {
  /** What is wrong with the proposal, by its fields. */
  faults: { path: PropertyKey[]; message: string }[];
  /** Its terms, where nothing but the reason is wrong. */
  terms: OrderTerms | null;
};

/** Checks what the form proposes. The form loads it once it is shown, since it is large. */
export const check = (asked: ProposeOrder): Checked => ({
  faults: ProposeOrder.safeParse(asked).error?.issues ?? [],
  terms: OrderTerms.safeParse(asked).data ?? null,
});
