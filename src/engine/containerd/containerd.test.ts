import { expect, test } from 'vitest';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc, dialRpc, nextOf, RpcError, subscribeRpc } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { containerId, createTask, history, openFifos, runEngine, specFor } from './engine.fixture.ts';

/** The first process that systemd starts. */
const containerdPid = 2;
const id = { container_id: containerId };

/** The part of a history from the first line to the last one given. */
function between(lines: readonly string[], first: string, last: string): readonly string[] {
  const from = lines.indexOf(first);
  return lines.slice(from, lines.indexOf(last, from) + 1);
}

function* wordsOf(attempt: () => Running<unknown>): Running<string> {
  try {
    yield* attempt();
    return 'no error';
  } catch (error) {
    if (error instanceof RpcError) return `${error.code} ${error.message}`;
    throw error;
  }
}

test('a container is born as the recording of run -d tells it', () => {
  const events = runEngine(function* (client) {
    yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
    yield* callRpc(client, methods.tasksStart, id);
  });

  expect(between(history(events), 'request Tasks/Create', 'response Tasks/Start 0')).toEqual([
    'request Tasks/Create',
    'containerd fork',
    'shim-start exec',
    'shim-start fork',
    'shim exec',
    'shim-start exit 0',
    'shim reparent shim-start -> init',
    'containerd reaps shim-start',
    'request Task/Create',
    'shim fork',
    'runc-create exec',
    'runc-create fork',
    'runc-init exec',
    'request Manager/StartTransientUnit',
    'response Manager/StartTransientUnit 0',
    'runc-init exec',
    'runc:[0:PARENT] fork child of runc-create',
    'runc:[1:CHILD] fork child of runc-create',
    'runc:[1:CHILD] exit 0',
    'runc-create reaps runc:[1:CHILD]',
    'runc:[0:PARENT] exit 0',
    'runc-create reaps runc:[0:PARENT]',
    'runc-create exit 0',
    'runc:[2:INIT] reparent runc-create -> shim',
    'shim reaps runc-create',
    'response Task/Create 0',
    'request Task/Connect',
    'response Task/Connect 0',
    'request Events/Forward /tasks/create',
    'response Tasks/Create 0',
    'response Events/Forward /tasks/create 0',
    'request Tasks/Start',
    'request Task/Start',
    'shim fork',
    'runc-start exec',
    'sleep exec',
    'runc-start exit 0',
    'shim reaps runc-start',
    'response Task/Start 0',
    'request Events/Forward /tasks/start',
    'request Task/State',
    'response Events/Forward /tasks/start 0',
    'response Task/State 0',
    'response Tasks/Start 0',
  ]);
});

test('a container ends, and nothing of it is left', () => {
  let output = '';
  const left: string[] = [];
  const events = runEngine(function* (client) {
    const fifos = yield* openFifos('web');
    yield* createTask(client, specFor(['echo', 'hello']), fifos);
    yield* callRpc(client, methods.tasksStart, id);
    yield* sys.nanosleep(10e6);
    expect(yield* callRpc(client, methods.tasksDelete, id)).toMatchObject({ exit_status: 0 });
    output = fifos.output.text;
    const places = [
      '/run/containerd/s',
      '/run/containerd/io.containerd.runtime.v2.task/moby',
      '/run/docker/runtime-runc/moby',
      '/tmp',
    ];
    for (const place of places) left.push(...(yield* sys.readdir(place)).map(({ name }) => name));
    expect(
      (yield* sys.readdir('/sys/fs/cgroup/system.slice')).filter(({ name }) => name.startsWith('docker-')),
    ).toEqual([]);
  });

  expect(output).toBe('hello\n');
  expect(left).toEqual([]);
  expect(between(history(events), 'runc-start exit 0', 'response Tasks/Delete 0')).toEqual([
    'runc-start exit 0',
    'shim reaps runc-start',
    'echo exit 0',
    'shim reaps echo',
    'response Task/Start 0',
    'request Events/Forward /tasks/start',
    'request Task/State',
    'response Events/Forward /tasks/start 0',
    'response Task/State 0',
    'request Events/Forward /tasks/exit',
    'response Tasks/Start 0',
    'response Events/Forward /tasks/exit 0',
    'request Tasks/Delete',
    'request Task/Delete',
    'shim fork',
    'runc-delete exec',
    'request Manager/StopUnit',
    // The scope has gone with its last process: vm-02 has runc delete's rmdir fail with ENOENT.
    'response Manager/StopUnit 5',
    'runc-delete exit 0',
    'shim reaps runc-delete',
    'response Task/Delete 0',
    'request Events/Forward /tasks/delete',
    'request Task/Shutdown',
    'response Events/Forward /tasks/delete 0',
    'response Task/Shutdown 0',
    'shim exit 0',
    'init reaps shim',
    'containerd fork',
    'shim-delete exec',
    'shim-delete fork',
    'runc-delete exec',
    'runc-delete exit 0',
    'shim-delete reaps runc-delete',
    'shim-delete exit 0',
    'containerd reaps shim-delete',
    'response Tasks/Delete 0',
  ]);
});

test("an exec joins the namespaces, and its numbers go on after those of init's threads", () => {
  const output: string[] = [];
  const events = runEngine(function* (client) {
    yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
    yield* callRpc(client, methods.tasksStart, id);
    for (const execId of ['one', 'two']) {
      output.push(yield* execute(client, execId, 'pid'));
      const of = { ...id, exec_id: execId };
      expect(yield* callRpc(client, methods.tasksDeleteProcess, of)).toMatchObject({ id: execId, exit_status: 7 });
    }
  });

  expect(output).toEqual(['pid=7 ppid=0\n', 'pid=13 ppid=0\n']);
  expect(between(history(events), 'runc-exec exec', 'response Tasks/Start 0')).toEqual([
    'runc-exec exec',
    'runc-exec fork',
    'runc-init exec',
    'runc-init exec',
    'runc:[0:PARENT] fork child of runc-exec',
    'runc:[1:CHILD] fork child of runc-exec',
    'runc:[1:CHILD] exit 0',
    'runc:[0:PARENT] exit 0',
    'runc-exec reaps runc:[0:PARENT]',
    'runc-exec reaps runc:[1:CHILD]',
    'pid exec',
    'runc-exec exit 0',
    'pid reparent runc-exec -> shim',
    'shim reaps runc-exec',
    'pid exit 7',
    'shim reaps pid',
    'response Task/Start 0',
    'request Events/Forward /tasks/exec-started',
    'request Task/State',
    'response Events/Forward /tasks/exec-started 0',
    'response Task/State 0',
    'request Events/Forward /tasks/exit',
    'response Tasks/Start 0',
  ]);
});

/** Tasks/Exec and Tasks/Start; returns what the process printed. */
function* execute(client: RpcClient, execId: string, command: string): Running<string> {
  const { stdin, stdout, stderr, output } = yield* openFifos(execId);
  const spec = {
    type_url: 'types.containerd.io/opencontainers/runtime-spec/1/Process',
    value: specFor([command]).process,
  };
  yield* callRpc(client, methods.tasksExec, { ...id, exec_id: execId, stdin, stdout, stderr, terminal: false, spec });
  yield* callRpc(client, methods.tasksStart, { ...id, exec_id: execId });
  yield* sys.nanosleep(10e6);
  return output.text;
}

test("a command that cannot be run fails in runc's words, and leaves nothing behind", () => {
  const words: string[] = [];
  runEngine(function* (client) {
    for (const [index, command] of ['nosuch', '/no/such/file', '/etc/hostname', '/tmp'].entries()) {
      const fifos = yield* openFifos(`web${index}`);
      words.push(yield* wordsOf(() => createTask(client, specFor([command]), fifos)));
      yield* callRpc(client, methods.containersDelete, { id: containerId });
    }
    yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
    yield* callRpc(client, methods.tasksStart, id);
    words.push(yield* wordsOf(() => execute(client, 'missing', 'nosuch')));
  });

  const create =
    '2 failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
  expect(words).toEqual([
    `${create}exec: "nosuch": executable file not found in $PATH: unknown`,
    `${create}exec: "/no/such/file": stat /no/such/file: no such file or directory: unknown`,
    `${create}exec: "/etc/hostname": permission denied: unknown`,
    `${create}exec: "/tmp": is a directory: unknown`,
    '2 OCI runtime exec failed: exec failed: unable to start container process: ' +
      'exec: "nosuch": executable file not found in $PATH: unknown',
  ]);
});

test('pid 1 without a handler does not hear SIGTERM; SIGKILL ends it', () => {
  const statuses: unknown[] = [];
  runEngine(function* (client) {
    yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
    yield* callRpc(client, methods.tasksStart, id);
    for (const signal of [15, 9]) {
      yield* callRpc(client, methods.tasksKill, { ...id, signal });
      yield* sys.nanosleep(1e9);
      const { process: state } = (yield* callRpc(client, methods.tasksGet, id)) as { process: Record<string, unknown> };
      statuses.push([state['status'], state['exit_status']]);
    }
    expect(yield* wordsOf(() => callRpc(client, methods.tasksKill, { ...id, signal: 9 }))).toBe(
      '5 process already finished: not found',
    );
  });

  expect(statuses).toEqual([
    ['RUNNING', 0],
    ['STOPPED', 137],
  ]);
});

test('a paused container is frozen, and goes on when it is resumed', () => {
  const statuses: unknown[] = [];
  runEngine(function* (client) {
    yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
    yield* callRpc(client, methods.tasksStart, id);
    for (const method of [methods.tasksPause, methods.tasksResume]) {
      yield* callRpc(client, method, id);
      const { process: state } = (yield* callRpc(client, methods.tasksGet, id)) as { process: Record<string, unknown> };
      statuses.push(state['status']);
    }
  });

  expect(statuses).toEqual(['PAUSED', 'RUNNING']);
});

test('with a terminal the shim holds the master, and the line is cooked inside', () => {
  let output = '';
  runEngine(function* (client) {
    const fifos = yield* openFifos('web');
    const stdin = fifos.stdout.replace('stdout', 'stdin');
    yield* sys.mkfifo(stdin);
    yield* createTask(client, specFor(['cat'], true), { ...fifos, stderr: '', stdin }, true);
    yield* callRpc(client, methods.tasksStart, id);
    const fd = yield* sys.open(stdin, 1);
    yield* callRpc(client, methods.tasksResizePty, { ...id, width: 80, height: 24 });
    yield* sys.write(fd, 'hello\r\x04');
    yield* sys.nanosleep(100e6);
    expect(yield* callRpc(client, methods.tasksDelete, id)).toMatchObject({ exit_status: 0 });
    output = fifos.output.text;
  });

  expect(output).toBe('hello\r\nhello\r\n');
});

test('of a task whose shim has died nobody finds a process, so that its container can be deleted at once', () => {
  const words: string[] = [];
  runEngine(function* (client) {
    const pid = yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
    yield* sys.kill(yield* parentOf(pid), 'SIGKILL');
    words.push(yield* wordsOf(() => callRpc(client, methods.tasksKill, { ...id, signal: 9 })));
    words.push(yield* wordsOf(() => callRpc(client, methods.tasksGet, id)));
  });

  expect(words).toEqual(['2 ttrpc: closed: unknown', '5 not found']);
});

test('containerd finds its tasks again after a crash; a shim that is killed takes its container along', () => {
  const topics: string[] = [];
  runEngine(function* (client) {
    const pid = yield* createTask(client, specFor(['sleep', '1000']), yield* openFifos('web'));
    yield* callRpc(client, methods.tasksStart, id);
    yield* sys.kill(containerdPid, 'SIGKILL');
    yield* sys.nanosleep(1e9);
    expect(yield* wordsOf(() => callRpc(client, methods.tasksGet, id))).toBe(
      '14 connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: ' +
        'connect: connection refused": unavailable',
    );

    yield* sys.nanosleep(6e9);
    const again = yield* dialRpc('/run/containerd/containerd.sock', 'gRPC');
    expect(yield* callRpc(again, methods.tasksGet, id)).toMatchObject({ process: { pid, status: 'RUNNING' } });
    const events = yield* subscribeRpc(again, methods.eventsSubscribe, {
      filters: ['namespace==moby,topic~=|^/tasks/|'],
    });
    yield* sys.go(function* () {
      for (;;) topics.push(((yield* nextOf(events)) as { readonly topic: string }).topic);
    });
    yield* sys.kill(yield* parentOf(pid), 'SIGKILL');
    yield* sys.nanosleep(1e9);
    expect(yield* wordsOf(() => callRpc(again, methods.tasksGet, id))).toBe(
      `5 task ${containerId} not found: not found`,
    );
    expect((yield* sys.readdir('/proc')).map(({ name }) => name)).not.toContain(String(pid));
  });

  expect(topics).toEqual(['/tasks/exit', '/tasks/delete']);
});

function* parentOf(pid: number): Running<number> {
  const fd = yield* sys.open(`/proc/${pid}/stat`, 0);
  const text = yield* sys.read(fd);
  yield* sys.close(fd);
  return Number(text.slice(text.lastIndexOf(')')).split(' ')[2]);
}
