import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';
import { nginxMain } from './nginx.ts';

const withoutDates = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\S+ \S+ (?=\[)/, '').replaceAll(/\d+#\d+/g, 'PID'));

function nginxStage() {
  const at = stage({ nginx: nginxMain });
  at.sh('mkdir -p /run /etc/nginx /var/cache/nginx; echo "user nginx;" > /etc/nginx/nginx.conf');
  return at;
}

test('nginx tells its version and tests its configuration on standard error', () => {
  const at = nginxStage();

  expect(at.run(['/bin/nginx', '-v'])).toEqual({ out: '', err: 'nginx version: nginx/1.29.3\n', status: { code: 0 } });
  expect(at.run(['/bin/nginx', '-t']).err).toBe(
    'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n' +
      'nginx: configuration file /etc/nginx/nginx.conf test is successful\n',
  );
  expect(at.run(['/bin/nginx', '-tT']).out).toBe('# configuration file /etc/nginx/nginx.conf:\nuser nginx;\n\n');
});

test('nginx refuses options that it does not have and signals that it does not know', () => {
  const at = nginxStage();

  expect(at.run(['/bin/nginx', '-z'])).toMatchObject({ err: 'nginx: invalid option: "z"\n', status: { code: 1 } });
  expect(at.run(['/bin/nginx', 'start']).err).toBe('nginx: invalid option: "start"\n');
  expect(at.run(['/bin/nginx', '-s', 'restart']).err).toBe('nginx: invalid option: "-s restart"\n');
  expect(at.run(['/bin/nginx', '-g']).err).toBe('nginx: option "-g" requires parameter\n');
  expect(withoutDates(at.run(['/bin/nginx', '-s', 'reload']).err)).toEqual([
    '[notice] PID: signal process started',
    '[error] PID: open() "/run/nginx.pid" failed (2: No such file or directory)',
    'nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)',
  ]);
});

test('nginx goes into the background unless told otherwise; a second one finds the port taken; quit ends it', () => {
  const ran = nginxStage().sh(
    'nginx 2>/dev/null; sleep 0.1; echo "started $?"; ps -e -o comm | grep -c nginx; ' +
      'nginx 2>/tmp/second; echo "second $?"; grep -c "98: Address already in use" /tmp/second; ' +
      'nginx -s quit; sleep 0.1; ps -e -o comm | grep -c nginx; ls /run',
  );

  expect(ran.out.split('\n')).toEqual(['started 0', '3', 'second 1', '10', '0', '']);
});

test('nginx -s reload brings new workers and lets the old ones go', () => {
  const ran = nginxStage().sh(
    'nginx 2>/tmp/log; sleep 0.1; nginx -s reload 2>/dev/null; sleep 0.1; ' +
      'grep -c "start worker process " /tmp/log; grep -c "exited with code 0" /tmp/log; ps -e -o comm | grep -c nginx',
  );

  expect(ran.out).toBe('4\n2\n3\n');
});

test('nginx makes the directories of its buffers, and does not start where it cannot', () => {
  const at = nginxStage();
  at.sh('nginx 2>/dev/null; nginx -s quit 2>/dev/null');

  expect(at.sh('ls /var/cache/nginx').out).toBe('client_temp\nfastcgi_temp\nproxy_temp\nscgi_temp\nuwsgi_temp\n');
  at.sh('rm -r /var/cache/nginx');
  expect(withoutDates(at.run(['/bin/nginx']).err)).toEqual([
    '[emerg] PID: mkdir() "/var/cache/nginx/client_temp" failed (2: No such file or directory)',
    'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (2: No such file or directory)',
  ]);
});
