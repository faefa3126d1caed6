import type { LucideIcon } from 'lucide-react';
import {
  AlertOctagon,
  CheckCircle2,
  CircleDashed,
  CircleHelp,
  Clock3,
  Copy,
  LoaderCircle,
  Minus,
  TriangleAlert,
} from 'lucide-react';

/** What a colour means. Each means one thing and is always shown with its icon and a word. */
export type Tone =
  | 'stale'
  | 'duplicate'
  | 'attention'
  | 'running'
  | 'verified'
  | 'unknown'
  | 'waiting'
  | 'settling'
  | 'neutral';

export const tones: Record<Tone, { text: string; soft: string; solid: string; icon: LucideIcon }> = {
  stale: { text: 'text-stale', soft: 'bg-stale-soft text-stale', solid: 'bg-stale-solid', icon: TriangleAlert },
  duplicate: {
    text: 'text-duplicate',
    soft: 'bg-duplicate-soft text-duplicate',
    solid: 'bg-duplicate-solid',
    icon: Copy,
  },
  attention: {
    text: 'text-attention',
    soft: 'bg-attention-soft text-attention',
    solid: 'bg-attention-solid',
    icon: AlertOctagon,
  },
  running: {
    text: 'text-running',
    soft: 'bg-running-soft text-running',
    solid: 'bg-running-solid',
    icon: LoaderCircle,
  },
  verified: {
    text: 'text-verified',
    soft: 'bg-verified-soft text-verified',
    solid: 'bg-verified-solid',
    icon: CheckCircle2,
  },
  unknown: { text: 'text-unknown', soft: 'bg-unknown-soft text-unknown', solid: 'bg-unknown-solid', icon: CircleHelp },
  waiting: { text: 'text-muted', soft: 'bg-raised text-muted', solid: 'bg-line-strong', icon: CircleDashed },
  settling: { text: 'text-muted', soft: 'bg-raised text-muted', solid: 'bg-line-strong', icon: Clock3 },
  neutral: { text: 'text-muted', soft: 'bg-raised text-muted', solid: 'bg-line-strong', icon: Minus },
};
