/** The turn of what time does not change, in ms. */
export const neverMs = 'toInt64(9000000000000000)';

/**
 * An instant lies before, within or after the margin around `{asOfMs:Int64}`: when that changes next, in ms. Takes an
 * expression of ms, and `{marginMs:Int64}`.
 */
export const turnOf = (instant: string): string => `
        multiIf(${instant} - {marginMs:Int64} > {asOfMs:Int64}, ${instant} - {marginMs:Int64},
                ${instant} + {marginMs:Int64} >= {asOfMs:Int64}, ${instant} + {marginMs:Int64} + 1, ${neverMs})`;
