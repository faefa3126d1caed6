/** What a preview is made of, in its order. */
export const planSteps = ['counting', 'reading', 'checking', 'active days'] as const;

export type PlanStep = (typeof planSteps)[number];
