import type { Route } from 'next';
import { redirect } from 'next/navigation';

export default function Page() {
  redirect('/customers' as Route);
}
