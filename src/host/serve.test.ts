import { expect, test } from 'vitest';
import { run } from './shell.fixture.ts';

const starts = 'docker run -d --name web nginx >/dev/null';

test('nginx serves its welcome page and an error page, and logs both to the output of its container', () => {
  const { texts } = run([
    starts,
    'curl -s http://172.17.0.2/ | grep -c nginx; curl -sI http://172.17.0.2 | grep -v -e Date -e Last -e ETag',
    "curl -s -o /dev/null -w '%{http_code} %{size_download}\\n' http://172.17.0.2/x",
    'docker logs web 2>&1 | sed -n \'s/.*\\] "/"/p\'',
    'docker logs web 2>&1 | grep -c "No such file or directory), client: 172.17.0.1, server: localhost"',
  ]);
  expect(texts.slice(1)).toEqual([
    '6\nHTTP/1.1 200 OK\r\nServer: nginx/1.29.3\r\nContent-Type: text/html\r\nContent-Length: 615\r\n' +
      'Connection: keep-alive\r\nAccept-Ranges: bytes\r\n\r\n',
    '404 153\n',
    '"GET / HTTP/1.1" 200 615 "-" "curl/8.14.1" "-"\n"HEAD / HTTP/1.1" 200 0 "-" "curl/8.14.1" "-"\n' +
      '"GET /x HTTP/1.1" 404 153 "-" "curl/8.14.1" "-"\n',
    '1\n',
  ]);
});

test('a port is taken in one namespace and free in another, and nobody listens on what is stopped', () => {
  const { texts } = run([
    starts,
    'docker exec web nginx 2>&1 | grep -c "bind() to 0.0.0.0:80 failed (98: Address already in use)"',
    'curl -sS http://127.0.0.1/',
    'docker run --rm busybox wget -qO- http://172.17.0.2/ | tail -1',
    'docker stop web >/dev/null; curl -sS -m 10 http://172.17.0.2/',
    'curl -sS http://example.com/; curl -sS http://8.8.8.8/',
  ]);
  expect(texts.slice(1)).toEqual([
    '10\n',
    'curl: (7) Failed to connect to 127.0.0.1 port 80 after 0 ms: Could not connect to server\n',
    '</html>\n',
    'curl: (7) Failed to connect to 172.17.0.2 port 80 after 3070 ms: Could not connect to server\n',
    'curl: (6) Could not resolve host: example.com\n' +
      'curl: (7) Failed to connect to 8.8.8.8 port 80 after 0 ms: Could not connect to server\n',
  ]);
});

test('the API answers curl over its unix socket, and nothing of ours is in what it prints', () => {
  const { texts, journal } = run(['curl -si --unix-socket /var/run/docker.sock http://localhost/_ping']);
  expect(texts[0]).toMatch(/^HTTP\/1\.1 200 OK\r\nApi-Version: 1\.45\r\n[^]*\r\n\r\nOK$/);
  expect(texts[0]).not.toMatch(/glass/i);
  expect(journal.filter((event) => event.type === 'message.send').map(({ label }) => label)).toContain('GET /_ping');
});

const publishes = 'docker run -d --name web -p 8080:80 nginx >/dev/null';

test('vm-25b: a published port is served through docker-proxy on 127.0.0.1 and by DNAT on other addresses', () => {
  const { texts } = run([
    publishes,
    "for host in 127.0.0.1 10.0.2.15 localhost '[::1]'; do curl -s -o /dev/null -w '%{http_code} ' $host:8080; done",
    "docker logs web 2>/dev/null | sed -n 's/ - - .*//p'",
    'iptables -t nat -vnL DOCKER | tail -2',
    'docker run --rm busybox wget -qO- http://10.0.2.15:8080/ | tail -1',
    'docker run --rm busybox wget -qO- -T 5 http://127.0.0.1:8080/',
    'docker port web; docker port web 80/tcp; docker port web 81',
  ]);
  expect(texts.slice(1)).toEqual([
    '200 200 200 200 ',
    '172.17.0.1\n10.0.2.15\n172.17.0.1\n172.17.0.1\n',
    '    0     0 RETURN     all  --  docker0 *       0.0.0.0/0            0.0.0.0/0           \n' +
      '    1    60 DNAT       tcp  --  !docker0 *       0.0.0.0/0            0.0.0.0/0            ' +
      'tcp dpt:8080 to:172.17.0.2:80\n',
    '</html>\n',
    "wget: can't connect to remote host (127.0.0.1): Connection refused\n",
    '80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n0.0.0.0:8080\n[::]:8080\n' +
      "Error: No public port '81' published for web\n",
  ]);
});

test('a port is given to one container; whoever else listens on it is told by the proxy', () => {
  const { texts } = run([
    publishes,
    "docker run -d --name second -p 8080:80 nginx 2>&1 | sed -e 1d -e 's/([0-9a-f]*)/(ID)/'",
    "docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{json .NetworkSettings.Ports}}' second",
    'docker rm -f web second >/dev/null; pgrep -c docker-proxy; iptables -t nat -S | grep -c 8080; ss -Hltn',
    "docker run --rm -d --name third -p 8080:80 --network none nginx >/dev/null; docker ps --format '{{.Ports}}'",
    'docker rm -f third >/dev/null; docker run -d --name fourth -P nginx >/dev/null; docker port fourth',
    "docker run -p 8000-8002:80 -p 127.0.0.1:9000-9001:9000-9001 -d nginx >/dev/null; docker ps -l --format '{{.Ports}}'",
  ]);
  expect(texts.slice(1)).toEqual([
    'docker: Error response from daemon: driver failed programming external connectivity on endpoint second (ID): ' +
      'Bind for 0.0.0.0:8080 failed: port is already allocated.\n',
    'created 128 {}\n',
    '0\n0\n',
    '\n',
    '80/tcp -> 0.0.0.0:32768\n80/tcp -> [::]:32768\n',
    '127.0.0.1:9000-9001->9000-9001/tcp, 0.0.0.0:8000->80/tcp, :::8000->80/tcp\n',
  ]);
});

test('kill -9 of dockerd takes its proxies along; the next daemon lists ports and publishes none', () => {
  const { texts } = run([
    publishes,
    'kill -9 $(pgrep -x dockerd); sleep 1; pgrep -c docker-proxy; sleep 20',
    "docker ps -a --format '{{.Names}} {{.Ports}}.'; docker run -d --name two -p 8080:80 nginx >/dev/null",
    'curl -s 127.0.0.1:8080 | wc -c; iptables -t nat -S DOCKER | grep -c 8080',
  ]);
  expect(texts.slice(1)).toEqual(['0\n', 'web 0.0.0.0:8080->80/tcp, :::8080->80/tcp.\n', '615\n1\n']);
});

// Asked of a real curl.
test('curl writes out what failed, too: 000 is no answer', () => {
  const { texts } = run(["curl -s -w '%{http_code} %{size_download}\\n' http://localhost:1/; echo $?"]);
  expect(texts).toEqual(['000 0\n7\n']);
});
