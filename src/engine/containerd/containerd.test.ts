import { expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { containerId, createTask, history, openFifos, runEngine, specFor } from './engine.fixture.ts';

const id = { container_id: containerId };
function play(name: string, body: (client: RpcClient, out: string[]) => Running<void>) {
  const out: string[] = [];
  const events = runEngine(function* (client) {
    try { yield* body(client, out); } catch (e) { out.push(String(e), (e as Error).stack ?? ''); }
  });
  writeFileSync(`/tmp/journal-${name}.txt`, events.map((e) => JSON.stringify(e)).join('\n'));
  writeFileSync(`/tmp/history-${name}.txt`, history(events).join('\n') + '\n' + out.join('\n'));
}
function* waitExit(client: RpcClient) { return yield* callRpc(client, methods.tasksWait, id); }

test('echo', () => play('echo', function* (client, out) {
  const fifos = yield* openFifos('web');
  yield* createTask(client, specFor(['echo', 'hello']), fifos);
  yield* callRpc(client, methods.tasksStart, id);
  out.push(JSON.stringify(yield* waitExit(client)));
  yield* callRpc(client, methods.tasksGet, id);
  out.push(JSON.stringify(yield* callRpc(client, methods.tasksDelete, id)));
  try { yield* callRpc(client, methods.tasksGet, id); } catch (e) { out.push(String(e)); }
  yield* callRpc(client, methods.containersGet, { id: containerId });
  yield* callRpc(client, methods.containersDelete, { id: containerId });
  out.push(fifos.output.text);
  for (const d of ['/run/containerd/s', '/run/containerd/io.containerd.runtime.v2.task/moby', '/run/docker/runtime-runc/moby', '/sys/fs/cgroup/system.slice', '/tmp'])
    out.push(d + ' ' + JSON.stringify((yield* sys.readdir(d)).filter((e) => e.type !== 'file' || d !== '/sys/fs/cgroup/system.slice').map((e) => e.name)));
}));
test('stop', () => play('stop', function* (client, out) {
  yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
  yield* callRpc(client, methods.tasksStart, id);
  yield* callRpc(client, methods.tasksKill, { ...id, signal: 15 });
  yield* sys.nanosleep(1e9);
  yield* callRpc(client, methods.tasksPause, id);
  out.push(JSON.stringify(yield* callRpc(client, methods.tasksGet, id)));
  yield* callRpc(client, methods.tasksResume, id);
  out.push(JSON.stringify(yield* callRpc(client, methods.tasksListPids, id)));
  out.push(JSON.stringify(yield* callRpc(client, methods.tasksMetrics, id)));
  yield* callRpc(client, methods.tasksKill, { ...id, signal: 9 });
  out.push(JSON.stringify(yield* waitExit(client)));
  out.push(JSON.stringify(yield* callRpc(client, methods.tasksDelete, id)));
}));
test('trap', () => play('trap', function* (client, out) {
  yield* createTask(client, specFor(['trap']), yield* openFifos('web'));
  yield* callRpc(client, methods.tasksStart, id);
  yield* sys.nanosleep(1e8);
  yield* callRpc(client, methods.tasksKill, { ...id, signal: 15 });
  out.push(JSON.stringify(yield* waitExit(client)));
}));
test('missing', () => play('missing', function* (client, out) {
  for (const cmd of ['nosuch', '/nosuch', '/etc/hostname', '/tmp']) {
    try { yield* createTask(client, specFor([cmd]), yield* openFifos('web' + cmd.length)); } catch (e) { out.push(String(e)); }
    yield* callRpc(client, methods.containersDelete, { id: containerId });
  }
}));
test('exec', () => play('exec', function* (client, out) {
  yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
  yield* callRpc(client, methods.tasksStart, id);
  for (const [n, cmd] of [['e1', 'pid'], ['e2', 'pid'], ['e3', 'nosuch']] as const) {
    const fifos = yield* openFifos(n);
    const of = { ...id, exec_id: n };
    yield* callRpc(client, methods.tasksExec, { ...of, stdin: '', stdout: fifos.stdout, stderr: fifos.stderr, terminal: false, spec: { type_url: 'x', value: specFor([cmd]).process } });
    try { yield* callRpc(client, methods.tasksStart, of);
    out.push(JSON.stringify(yield* callRpc(client, methods.tasksWait, of))); } catch (e) { out.push(String(e)); }
    yield* callRpc(client, methods.tasksGet, of);
    out.push(JSON.stringify(yield* callRpc(client, methods.tasksDeleteProcess, of)));
    out.push(fifos.output.text);
  }
}));
test('tty', () => play('tty', function* (client, out) {
  const fifos = yield* openFifos('web');
  const stdin = fifos.stdout.replace('stdout', 'stdin');
  yield* sys.mkfifo(stdin);
  yield* createTask(client, specFor(['cat'], true), { ...fifos, stderr: '', stdin }, true);
  yield* callRpc(client, methods.tasksStart, id);
  const fd = yield* sys.open(stdin, 1);
  yield* callRpc(client, methods.tasksResizePty, { ...id, width: 80, height: 24 });
  yield* sys.write(fd, 'hello\r');
  yield* sys.nanosleep(1e8);
  yield* sys.write(fd, '\x04');
  out.push(JSON.stringify(yield* waitExit(client)));
  out.push(JSON.stringify(yield* callRpc(client, methods.tasksDelete, id)));
  out.push(JSON.stringify(fifos.output.text));
}));
