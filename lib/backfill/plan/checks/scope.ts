import { spillSettings } from '@/lib/clickhouse/settings';
import { oddEndSentences } from '@/lib/customers/odd-ends';
import { selectOddEnds } from '@/lib/customers/sql/odd-ends';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { addDays } from '@/lib/days';
import { flagsWhere } from '@/lib/detection/flags';
import { agree, count, listed } from '@/lib/words';
import { countsOfUnit } from '../../state/plan-model';
import { strategies } from '../../state/strategies';
import { countCrossingInside, countCrossingOutside, selectUnknownProfiles } from '../sql/tables';
import { rangesOf } from '../units/spans';
import { type Check, fail, pass, repairIdentifiers, unknown } from './input';

export const marginCheck: Check = {
  id: 'safety-margin',
  title: 'The range is older than the safety margin',
  async look({ config, clock }, { scope }) {
    const margin = config.detection.safetyMarginMs;
    const youngest = clock.now() - scope.toMs;
    const numbers = { marginMinutes: margin / 60_000, ageMinutes: Math.floor(youngest / 60_000) };
    return youngest >= margin
      ? pass(`The range ended more than ${numbers.marginMinutes} minutes ago.`, numbers)
      : fail(
          `The range ends less than ${numbers.marginMinutes} minutes ago or in the future, so its conversations still change. End it at an earlier day.`,
          numbers,
        );
  },
};

/** The cron's filter knows customers only, so a profile outside the registry would be relabelled but not deleted. */
export const profilesCheck: Check = {
  id: 'profiles',
  title: 'Every profile in the data is registered',
  async look({ clickhouse }, { scope, tables }) {
    const { rows } = await clickhouse.read(selectUnknownProfiles, {
      params: scopeParams(scope),
      identifiers: repairIdentifiers(tables),
    });
    return rows.length === 0
      ? pass(
          `Every conversation belongs to ${scope.profiles.length === 1 ? 'the registered profile' : `one of the ${scope.profiles.length} registered profiles`}.`,
          { unregistered: 0 },
        )
      : fail(
          `The data holds ${count(rows.length, 'profile')} that ${agree(rows.length, 'is', 'are')} not registered: ${listed(rows)}. Add them to the customer first.`,
          { unregistered: rows.length },
        );
  },
};

/** A delete and its relabel must select the same conversations: docs/clickhouse-facts.md#delete-and-relabel. */
export const edgesCheck: Check = {
  id: 'edges',
  title: 'No conversation crosses an edge of the range',
  async look({ clickhouse }, { scope, tables, units: days, executed }) {
    const identifiers = repairIdentifiers(tables);
    if (days.length === 0) return pass('0 days are changed.', { crossing: 0 });
    const changed = rangesOf(
      days.map((day) => day.unit),
      scope,
    );
    const all = rangesParams(rangesOf(executed, scope));
    const params = { ...scopeParams(scope), ...rangesParams(changed) };
    const outsideParams = { ...params, executedBegins: all.begins, executedBounds: all.bounds };
    const inside = await clickhouse.readOne(countCrossingInside, { params, identifiers, settings: spillSettings });
    const outside =
      inside.oneSided > 0
        ? await clickhouse.readOne(countCrossingOutside, {
            params: outsideParams,
            identifiers,
            settings: spillSettings,
          })
        : { crossing: 0, firstDay: '', lastDay: '' };
    const crossing = inside.crossing + outside.crossing;
    if (crossing === 0)
      return pass('0 conversations have their label on one side and truth on the other.', { crossing });
    const edges = [inside.firstDay, inside.lastDay, outside.firstDay, outside.lastDay]
      .filter((day) => day !== '')
      .sort();
    const from = [scope.fromDay, edges.at(0) ?? scope.fromDay].sort()[0] ?? scope.fromDay;
    const to = [scope.toDay, addDays(edges.at(-1) ?? scope.fromDay, 1)].sort().at(-1) ?? scope.toDay;
    return fail(
      `${count(crossing, 'conversation')} ${agree(crossing, 'has its', 'have their')} label on one side and truth on the other. Plan all days from ${from} to ${to} (exclusive) instead.`,
      { crossing },
    );
  },
};

/** Says what is taken for what; nothing to confirm, since an open conversation keeps its own check. */
export const endsCheck: Check = {
  id: 'ends',
  title: 'Odd ends are known',
  onlyInforms: true,
  async look({ clickhouse }, { scope, tables }) {
    const { rows } = await clickhouse.read(selectOddEnds, {
      params: scopeParams(scope),
      identifiers: tables,
      settings: spillSettings,
    });
    const sentences = oddEndSentences(rows);
    const odd = rows.reduce((sum, row) => sum + row.conversations, 0);
    return pass(sentences.length === 0 ? '0 conversations have an odd end.' : sentences.join(' '), { odd });
  },
};

export const openLabelsCheck: Check = {
  id: 'open-labels',
  title: 'No label of an open conversation is removed',
  asksLabels: true,
  async look(_ctx, { units: days, strategy }) {
    const open = days.reduce((sum, day) => sum + day.openThatLoseLabel, 0);
    if (strategies[strategy].deletes !== 'every row')
      return pass('0 labels of open conversations are removed.', { open: 0 });
    return open === 0
      ? pass('0 open conversations have a label.', { open })
      : unknown(
          `Remove the labels of ${count(open, 'open conversation')}: the relabel labels closed ones only. Confirm it, or wait until they end.`,
          { open },
        );
  },
};

/** No-gap deletes only what has its right row beside it, and an orphan has none. */
export const orphansCheck: Check = {
  id: 'orphans',
  title: 'No orphan stays',
  async look(_ctx, { units, strategy }) {
    const orphans = units.reduce((sum, unit) => sum + countsOfUnit(unit).orphans, 0);
    if (strategies[strategy].deletes === 'every row')
      return pass(`${count(orphans, 'orphan')} ${agree(orphans, 'goes', 'go')} with the delete.`, {
        orphans,
      });
    return orphans === 0
      ? pass('There is no orphan.', { orphans })
      : unknown(
          `${count(orphans, 'orphan')} ${agree(orphans, 'stays', 'stay')}, since no right row can be proven beside ${agree(orphans, 'it', 'them')}. "Replace" would remove ${agree(orphans, 'it', 'them')}; else confirm that ${agree(orphans, 'it', 'they')} may stay.`,
          { orphans },
        );
  },
};

/** Relabelling without a delete where the key is mutable writes a second row beside each stale one. */
export const relabelOnlyCheck: Check = {
  id: 'relabel-only',
  title: 'Relabelling is enough to repair these days',
  async look(_ctx, { units, tables, strategy }) {
    if (strategies[strategy].deletes !== null)
      return pass('Stale labels are deleted too, so 0 of them stay beside the new ones.', { moved: 0, kept: 0 });
    if (!tables.labels.keyIsMutable)
      return pass(`The label key ${tables.labels.keyText} has 0 columns that a relabel changes: no delete is needed.`, {
        moved: 0,
        kept: 0,
      });
    const thatNeed = (why: 'its key changes' | 'its row has to go') =>
      flagsWhere(({ needsDelete }) => needsDelete === why)
        .flatMap((flag) => units.map((unit) => countsOfUnit(unit).flags[flag]))
        .reduce((sum, conversations) => sum + conversations, 0);
    const moved = thatNeed('its key changes');
    const kept = thatNeed('its row has to go');
    return moved + kept === 0
      ? pass('0 labels change their key and 0 have to go.', { moved, kept })
      : fail(
          `${count(moved, 'label')} would change their key and become duplicates, and ${count(kept, 'duplicate or orphan', 'duplicates or orphans')} would stay. Use "replace".`,
          { moved, kept },
        );
  },
};
