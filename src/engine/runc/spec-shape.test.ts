/** A config.json that somebody wrote by hand. The words and exit codes are those of runc 1.1.15, asked. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run(
  'docker create --name source busybox; mkdir /b; cd /b; runc spec; ' +
    'cp -a $(dirname $(dirname /var/lib/docker/overlay2/*/diff/bin/busybox)) rootfs; ' +
    'jq \'.process.terminal=false | .process.args=["id", "-u"]\' config.json > example.json',
);

/** What `runc run` says of the example after a change that jq makes. */
function asked(change: string): { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string } {
  const ran = host.run(`cd /b; jq '${change}' example.json > config.json; runc run x`);
  return { ...ran, stderr: ran.stderr.replaceAll(/^time="[^"]*" /gm, '') };
}

const field = 'json: cannot unmarshal number into Go struct field';
const started = 'unable to start container process: ';
const during = `${started}error during container init: `;
const wrong: readonly (readonly [change: string, words: string])[] = [
  ['[]', 'json: cannot unmarshal array into Go value of type specs.Spec'],
  ['3', 'json: cannot unmarshal number into Go value of type specs.Spec'],
  ['.process=null', 'process property must not be empty'],
  ['.process={}', 'Cwd property must not be empty'],
  ['.process=3', `${field} Spec.process of type specs.Process`],
  ['.process.args=3', `${field} Process.process.args of type []string`],
  ['.root=null', 'root must be specified'],
  ['.root=3', `${field} Spec.root of type specs.Root`],
  ['.mounts=3', `${field} Spec.mounts of type []specs.Mount`],
  [
    '.mounts+=[{"destination":"/x"}]',
    `${during}error mounting "" to rootfs at "/x": mount /x (via /proc/self/fd/6): no such device`,
  ],
  ['.linux.resources.devices=[{"allow":true}]', 'device access at 0 field cannot be empty'],
  ['.linux.resources.devices+=[{"allow":true,"type":"u","access":"r"}]', 'invalid cgroup device type "u"'],
  ['.linux=null', 'unable to set hostname without a private UTS namespace'],
  ['.linux.namespaces=[{}]', 'namespace {"" ""} does not exist'],
  ['.linux.namespaces=[{"type":"x"}]', 'namespace {"x" ""} does not exist'],
  ['.hooks={"prestart":[{}]}', `${during}error running hook #0: exec: no command`],
  ['.hooks={"prestart":[null]}', `${during}error running hook #0: exec: no command`],
  ['.hooks={"createRuntime":[{"path":""}]}', `${during}error running hook #0: exec: no command`],
  ['.hooks={"createContainer":[{}]}', `${during}error running hook #0: exec: no command`],
  ['.hooks={"poststart":[{}]}', 'error running hook #0: exec: no command'],
  [
    '.hooks={"prestart":[{"path":"/nosuch"}]}',
    `${during}error running hook #0: fork/exec /nosuch: no such file or directory`,
  ],
  [
    '.hooks={"prestart":[{"path":"/bin/sh","args":["sh","-c","echo out; echo err >&2; exit 3"]}]}',
    `${during}error running hook #0: error running hook: exit status 3, stdout: out\n, stderr: err\n`,
  ],
  [
    '.hooks={"createContainer":[{"path":"/bin/true"},{"path":"/bin/sh","args":["sh","-c","kill -9 $$"]}]}',
    `${during}error running hook #1: error running hook: signal: killed, stdout: , stderr: `,
  ],
  [
    '.hooks={"poststart":[{"path":"/bin/sleep","args":["sleep","5"],"timeout":1}]}',
    'error running hook #0: hook ran past specified timeout of 1.0s',
  ],
  ['.hooks={"prestart":[{"path":3}]}', `${field} Hook.hooks.prestart.path of type string`],
  [
    '.hooks={"prestart":{}}',
    'json: cannot unmarshal object into Go struct field Hooks.hooks.prestart of type []specs.Hook',
  ],
];

test.each(wrong)('%s is refused', (change, words) => {
  const { exitCode, stderr } = asked(change);

  expect(stderr).toBe(`level=error msg=${JSON.stringify(`runc run failed: ${words}`)}\n`);
  expect(exitCode).toBe(1);
  expect(host.run('runc list -q').stdout).toBe('');
});

test('null ends runc with a panic', () => {
  const { exitCode, stderr } = asked('null');

  expect(stderr).toMatch(/^panic: runtime error: invalid memory address or nil pointer dereference\n\[signal SIGSEGV/);
  expect(exitCode).toBe(2);
});

test.each(['del(.process.user)', '.process.user=null', '.linux.maskedPaths=[null]'])('%s: zero will do', (change) => {
  expect(asked(change)).toEqual({ exitCode: 0, stdout: '0\n', stderr: '' });
});

test('without a path the root is the bundle', () => {
  expect(asked('.root={} | .process.args=["/rootfs/bin/id", "-u"]').stdout).toBe('0\n');
});

test('a mount of nothing is no device', () => {
  expect(asked('.mounts=[{}]').stderr).toContain(
    JSON.stringify(`${during}error mounting "" to rootfs at "": mount  (via /proc/self/fd/6): no such device`).slice(1),
  );
});

test('a limit of -1 is none, written as Go writes it', () => {
  expect(host.run("docker run --rm --ulimit core=-1 busybox sh -c 'ulimit -c'").stdout).toBe('unlimited\n');
});

/** runc: libcontainer/process_linux.go, initProcess.start(). */
test('an init that the kernel has killed for its memory is told as that, whatever failed of it then', () => {
  const { exitCode, stderr } = asked(
    '.linux.resources.memory={"limit":6291456} | .hooks={"createRuntime":[{"path":"/bin/false"}]}',
  );

  expect(stderr).toBe(
    `level=error msg="runc run failed: ${started}container init was OOM-killed (memory limit too low?)"\n`,
  );
  expect(exitCode).toBe(1);
});
