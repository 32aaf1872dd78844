/** `systemctl start|stop|restart|reload`: jobs, and their ends. systemd: src/systemctl/systemctl-start-unit.c. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import { callRpc, nextOf, rpcCode, RpcError, subscribeRpc } from '../wire/rpc.ts';
import type { RpcStream } from '../wire/rpc.ts';
import { listenMethod, managerMethod } from './bus.ts';
import type { JobRemoved } from './bus.ts';
import { propertiesOf } from './systemctl-bus.ts';
import type { Systemctl } from './systemctl-bus.ts';

const notLoaded = 5;
/** systemd: EXIT_NOTIMPLEMENTED, of a job that the unit does not know. */
const notImplemented = 3;
const seeLogs = (name: string): string => `See system logs and 'systemctl status ${name}' for details.\n`;

/**
 * Asks for a job for each unit, waits until all have ended, and says what failed.
 *
 * @param onlyActive leaves out units that are not active: `try-restart`.
 */
export function* runJobs(given: Systemctl, verb: string, method: string, onlyActive = false): Running {
  const { bus, options, units } = given;
  const rule = "type='signal',interface='org.freedesktop.systemd1.Manager',member='JobRemoved'";
  const signals = yield* subscribeRpc(bus, listenMethod, { rule });
  const jobs = new Set<string>();
  const idle = new Set<string>();
  let exitCode = 0;
  for (const name of units) {
    const before = yield* propertiesOf(bus, name);
    if (before?.['ActiveState'] !== 'active') idle.add(name);
    if (onlyActive && before?.['ActiveState'] !== 'active') continue;
    try {
      const { job } = (yield* callRpc(bus, managerMethod(method), { name, mode: 'replace' })) as {
        readonly job: string;
      };
      jobs.add(job);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.code === rpcCode.unimplemented) {
        yield* print(`Failed to ${verb} ${name}: ${error.message}\n${seeLogs(name)}`, 2);
        exitCode = notImplemented;
        continue;
      }
      const words = verb === 'start' || verb === 'restart' ? error.message : `Unit ${name} not loaded.`;
      yield* print(`Failed to ${verb} ${name}: ${words}\n`, 2);
      exitCode = error.code === rpcCode.failedPrecondition ? 1 : notLoaded;
    }
    if (verb === 'stop') yield* warnOfTriggers(given, before?.['TriggeredBy'] ?? '', name);
  }
  if (options.has('B')) return exitCode;
  for (const failed of yield* untilRemoved(signals, jobs)) {
    if (verb === 'reload' && idle.has(failed)) yield* print(`${failed} is not active, cannot reload.\n`, 2);
    else yield* print(yield* failureWords(given, failed), 2);
    exitCode = 1;
  }
  return exitCode;
}

/** A service that a socket starts again at once is worth a word, unless the socket is to be stopped, too. */
function* warnOfTriggers({ bus, units }: Systemctl, triggers: string, name: string): Running<void> {
  const active: string[] = [];
  for (const trigger of triggers.split(' ').filter((one) => one !== '' && !units.includes(one))) {
    if ((yield* propertiesOf(bus, trigger))?.['ActiveState'] === 'active') active.push(trigger);
  }
  if (active.length === 0) return;
  yield* print(`Stopping '${name}', but its triggering units are still active:\n${active.join(', ')}\n`, 2);
}

/** Names of the units whose job has failed. */
function* untilRemoved(signals: RpcStream, jobs: Set<string>): Running<readonly string[]> {
  const failed: string[] = [];
  while (jobs.size > 0) {
    const removed = (yield* nextOf(signals)) as JobRemoved | null;
    if (removed === null) break;
    if (jobs.delete(removed.job) && removed.result === 'failed') failed.push(removed.unit);
  }
  return failed;
}

const explanations: Readonly<Record<string, string>> = {
  resources: 'because of unavailable resources or another system error',
  'exit-code': 'because the control process exited with error code',
  signal: 'because a fatal signal was delivered to the control process',
  timeout: 'because a timeout was exceeded',
  protocol: 'because the service did not take the steps required by its unit configuration',
  'start-limit-hit': 'because start of the service was attempted too often',
};

function* failureWords({ bus }: Systemctl, name: string): Running<string> {
  const result = (yield* propertiesOf(bus, name))?.['Result'] ?? '';
  const explanation = explanations[result];
  const because = explanation === undefined ? '' : ` ${explanation}`;
  const advice = `See "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`;
  const force =
    result === 'start-limit-hit'
      ? `To force a start use "systemctl reset-failed ${name}"\nfollowed by "systemctl start ${name}" again.\n`
      : '';
  return `Job for ${name} failed${because}.\n${advice}${force}`;
}
