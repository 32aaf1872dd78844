/** The rules of a program over all records. */
import type { Running } from '../../kernel/abi.ts';
import { evaluate } from './evaluate.ts';
import { executeAll } from './execute.ts';
import { AwkExit, AwkNext } from './failure.ts';
import type { Awk } from './machine.ts';
import type { Operands } from './operands.ts';
import type { Rule } from './syntax.ts';
import { isTrue } from './values.ts';

/** BEGIN, each record if any rule asks for one, and END. */
export function* runRules(awk: Awk, operands: Operands): Running<void> {
  const { rules } = awk.program;
  const records = rules.filter(({ when }) => when === 'record');
  const ends = rules.filter(({ when }) => when === 'END');
  try {
    for (const { when, body } of rules) if (when === 'BEGIN') yield* executeAll(awk, body ?? []);
    if (records.length > 0 || ends.length > 0) yield* runRecords(awk, records, operands);
  } catch (error) {
    if (!(error instanceof AwkExit)) throw error;
  }
  try {
    leaveFunctions(awk);
    for (const { body } of ends) yield* executeAll(awk, body ?? []);
  } catch (error) {
    if (!(error instanceof AwkExit)) throw error;
  }
}

function* runRecords(awk: Awk, rules: readonly Rule[], operands: Operands): Running<void> {
  /** Rules whose range has begun. */
  const open = new Set<Rule>();
  for (let record = yield* operands.next(); record !== null; record = yield* operands.next()) {
    awk.memory.setRecord(record);
    try {
      for (const rule of rules) {
        if (!(yield* applies(awk, rule, open))) continue;
        yield* executeAll(awk, rule.body ?? [{ type: 'print', values: [], redirection: null }]);
      }
    } catch (error) {
      if (!(error instanceof AwkNext)) throw error;
      leaveFunctions(awk);
      if (error.isFile) yield* operands.skipFile();
    }
  }
}

function* applies(awk: Awk, rule: Rule, open: Set<Rule>): Running<boolean> {
  if (rule.from === null) return true;
  if (!open.has(rule) && !isTrue(yield* evaluate(awk, rule.from))) return false;
  if (rule.to === null) return true;
  open.add(rule);
  if (isTrue(yield* evaluate(awk, rule.to))) open.delete(rule);
  return true;
}

/** What left a function by next or exit left all of them. */
function leaveFunctions(awk: Awk): void {
  awk.memory.locals = null;
  awk.depth = 0;
}
