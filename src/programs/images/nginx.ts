/** docker.io/library/nginx: a Debian, nginx, and an entrypoint that is a real shell script. */
import { debianLayer } from './debian.ts';
import { binary, directory, file, symlink } from './files.ts';
import type { RegistryImage } from './image.ts';

const entrypoint = `#!/bin/sh
# vim:sw=4:ts=4:et

set -e

entrypoint_log() {
    if [ -z "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$@"
    fi
}

if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
    if /usr/bin/find "/docker-entrypoint.d/" -mindepth 1 -maxdepth 1 -type f -print -quit 2>/dev/null | read v; then
        entrypoint_log "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"

        entrypoint_log "$0: Looking for shell scripts in /docker-entrypoint.d/"
        find "/docker-entrypoint.d/" -follow -type f -print | sort -V | while read -r f; do
            case "$f" in
                *.envsh)
                    if [ -x "$f" ]; then
                        entrypoint_log "$0: Sourcing $f";
                        . "$f"
                    else
                        # warn on shell scripts without exec bit
                        entrypoint_log "$0: Ignoring $f, not executable";
                    fi
                    ;;
                *.sh)
                    if [ -x "$f" ]; then
                        entrypoint_log "$0: Launching $f";
                        "$f"
                    else
                        # warn on shell scripts without exec bit
                        entrypoint_log "$0: Ignoring $f, not executable";
                    fi
                    ;;
                *) entrypoint_log "$0: Ignoring $f";;
            esac
        done

        entrypoint_log "$0: Configuration complete; ready for start up"
    else
        entrypoint_log "$0: No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
`;

/** The real one compares the file's checksum with dpkg's as well: no dpkg is modelled. */
const listenOnIpv6 = `#!/bin/sh
# vim:sw=4:ts=4:et

set -e

ME=$(basename "$0")
DEFAULT_CONF_FILE="etc/nginx/conf.d/default.conf"

if [ ! -f "/$DEFAULT_CONF_FILE" ]; then
    echo "$ME: info: /$DEFAULT_CONF_FILE is not a file or does not exist"
    exit 0
fi

# what cannot be changed, as on a read-only file system, stays as it is
if ! touch "/$DEFAULT_CONF_FILE" 2>/dev/null; then
    echo "$ME: info: can not modify /$DEFAULT_CONF_FILE (read-only file system?)"
    exit 0
fi

# changed already, as when the container starts again
if grep -q "listen  \\\\[::]:80;" "/$DEFAULT_CONF_FILE"; then
    echo "$ME: info: IPv6 listen already enabled"
    exit 0
fi

echo "$ME: info: Getting the checksum of /$DEFAULT_CONF_FILE"
sed -i -E 's,listen       80;,listen       80;\\n    listen  [::]:80;,' "/$DEFAULT_CONF_FILE"
echo "$ME: info: Enabled listen on IPv6 in /$DEFAULT_CONF_FILE"
`;

/** Sourced; does nothing unless it is asked to. */
const localResolvers = `# vim:sw=4:ts=4:et

LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

if [ -n "\${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ]; then
    NGINX_LOCAL_RESOLVERS=$(awk '$1 == "nameserver" { print $2 }' /etc/resolv.conf)
    export NGINX_LOCAL_RESOLVERS
fi
`;

/** Without templates there is nothing to fill in. */
const templates = `#!/bin/sh
# vim:sw=4:ts=4:et

set -e

template_dir="\${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"
[ -d "$template_dir" ] || exit 0
echo "$(basename "$0"): $template_dir: envsubst is not modelled" >&2
`;

const workerProcesses = `#!/bin/sh
# vim:sw=4:ts=4:et

set -eu

LC_ALL=C
ME=$(basename "$0")

[ "\${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
echo "$ME: not modelled" >&2
`;

const configuration = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}
`;

const site = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
}
`;

/** 615 bytes, as everybody has seen them. */
export const welcomePage = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

/** A layer of the image: one script of its entrypoint. `mediaSize` is what is downloaded, bytes. */
function script(name: string, text: string, mediaSize: number): RegistryImage['layers'][number] {
  return {
    mediaSize,
    size: text.length,
    createdBy: `COPY ${name} /docker-entrypoint.d # buildkit`,
    files: [file(`/docker-entrypoint.d/${name}`, text, 0o775)],
  };
}

export const nginx: RegistryImage = {
  repository: 'nginx',
  tags: ['latest', '1', '1.29', '1.29.3'],
  created: '2025-11-04T04:17:46Z',
  architecture: 'amd64',
  os: 'linux',
  layers: [
    debianLayer({ passwd: 'nginx:x:101:101:nginx user:/nonexistent:/bin/false\n', group: 'nginx:x:101:\n' }),
    {
      mediaSize: 31_200_000,
      size: 76_900_000,
      createdBy: 'RUN /bin/sh -c set -x     && groupadd --system --gid 101 nginx … # buildkit',
      files: [
        binary('/usr/sbin/nginx', 'nginx', 1_573_240),
        binary('/usr/bin/curl', 'curl', 288_696),
        file('/etc/nginx/nginx.conf', configuration),
        file('/etc/nginx/conf.d/default.conf', site),
        file('/usr/share/nginx/html/index.html', welcomePage),
        directory('/var/cache/nginx'),
        symlink('/var/log/nginx/access.log', '/dev/stdout'),
        symlink('/var/log/nginx/error.log', '/dev/stderr'),
        directory('/docker-entrypoint.d'),
      ],
    },
    {
      mediaSize: 626,
      size: 1_620,
      createdBy: 'COPY docker-entrypoint.sh / # buildkit',
      files: [file('/docker-entrypoint.sh', entrypoint, 0o775)],
    },
    script('10-listen-on-ipv6-by-default.sh', listenOnIpv6, 956),
    script('15-local-resolvers.envsh', localResolvers, 395),
    script('20-envsubst-on-templates.sh', templates, 1_210),
    script('30-tune-worker-processes.sh', workerProcesses, 1_398),
  ],
  config: {
    Cmd: ['nginx', '-g', 'daemon off;'],
    Entrypoint: ['/docker-entrypoint.sh'],
    Env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'NGINX_VERSION=1.29.3',
      'PKG_RELEASE=1~bookworm',
    ],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
    Labels: { maintainer: 'NGINX Docker Maintainers <docker-maint@nginx.com>' },
  },
};
