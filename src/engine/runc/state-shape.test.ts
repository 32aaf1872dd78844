/** A state.json that somebody wrote by hand. The words and exit codes are those of runc 1.1.15, asked. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run('mkdir -p /run/runc/c1');

/** What `runc state` says of it, which exits with 1, and `runc list`, which goes on. */
function asked(text: string): readonly string[] {
  host.run(`printf %s '${text}' > /run/runc/c1/state.json`);
  const { stderr, exitCode } = host.run('runc state c1');
  const list = host.run('runc list');
  expect([exitCode, list.exitCode]).toEqual([1, 0]);
  return [stderr.replace(/^time="[^"]*" /, ''), list.stderr];
}

const type = 'json: cannot unmarshal';
const field = `${type} number into Go struct field`;
test.each([
  ['{}', 'cgroups/manager.New: config must not be nil'],
  ['{"config":null}', 'cgroups/manager.New: config must not be nil'],
  ['[]', `${type} array into Go value of type libcontainer.State`],
  ['true', `${type} bool into Go value of type libcontainer.State`],
  ['{', 'unexpected EOF'],
  ['{"id":5}', `${field} State.BaseState.id of type string`],
  ['{"init_process_pid":1.5}', `${type} number 1.5 into Go struct field State.BaseState.init_process_pid of type int`],
  ['{"config":{"labels":5}}', `${field} Config.BaseState.config.labels of type []string`],
  ['{"config":{"namespaces":[5]}}', `${field} Config.BaseState.config.namespaces of type configs.Namespace`],
  [
    '{"config":{"namespaces":[{"type":5}]}}',
    `${field} Namespace.BaseState.config.namespaces.type of type configs.NamespaceType`,
  ],
  [
    '{"config":{"cgroups":{"memory":[]}}}',
    `${type} array into Go struct field Cgroup.BaseState.config.cgroups.Resources.memory of type int64`,
  ],
  ['{"namespace_paths":5}', `${field} State.namespace_paths of type map[configs.NamespaceType]string`],
])('%s is refused by state and passed over by list', (text, words) => {
  expect(asked(text)).toEqual([`level=error msg="${words}"\n`, `load container c1: ${words}\n`]);
});

test('an empty one is an EOF, which logrus writes without quotes', () => {
  expect(asked('')).toEqual(['level=error msg=EOF\n', 'load container c1: EOF\n']);
});

test.each(['state c1', 'list', 'delete -f c1', 'exec c1 true'])('null ends runc %s with a panic', (command) => {
  host.run('echo null > /run/runc/c1/state.json');
  const { stderr, exitCode } = host.run(`runc ${command}`);

  expect(stderr).toMatch(/^panic: runtime error: invalid memory address or nil pointer dereference\n\[signal SIGSEGV/);
  expect(exitCode).toBe(2);
});

test('what is not given is zero, and the name is the directory’s', () => {
  host.run(`mkdir /run/runc/c2; echo '{"id":"..","config":{"cgroups":{}}}' | tee /run/runc/c2/state.json`);

  expect(JSON.parse(host.run('runc state c2').stdout)).toEqual({
    ociVersion: '',
    id: 'c2',
    pid: 0,
    status: 'stopped',
    bundle: '',
    rootfs: '',
    created: '0001-01-01T00:00:00Z',
    owner: '',
  });
  expect(host.run('runc delete c2; ls /run/runc').stdout).toBe('c1\n');
});
