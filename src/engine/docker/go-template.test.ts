import { expect, test } from 'vitest';
import { parseTemplate } from './go-template.ts';
import { containerType } from './go-types.ts';
import { goValue } from './go-value.ts';

function render(source: string, value: unknown): string {
  const template = parseTemplate(source, { missingKeyIsError: true });
  if ('error' in template) return template.error;
  const { text, error } = template.execute(value);
  return error ?? text;
}

const container = {
  Name: '/web',
  State: { Status: 'running', Pid: 7 },
  Args: ['-c', 'x y'],
  Labels: { b: '2', a: '1' },
  Empty: null,
  On: true,
};

test.each([
  ['{{.Name}} {{.State.Pid}}', '/web 7'],
  ['{{json .Args}}|{{.Args}}|{{.Labels}}', '["-c","x y"]|[-c x y]|map[a:1 b:2]'],
  ['{{index .Args 1}} {{index .Labels "b"}} {{len .Args}}', 'x y 2 2'],
  ['{{range .Args}}<{{.}}>{{end}}', '<-c><x y>'],
  ['{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
  ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
  ['{{if .On}}yes{{else}}no{{end}} {{if not .On}}a{{else if eq .State.Status "running"}}b{{end}}', 'yes b'],
  ['{{with .State}}{{.Status}} of {{$.Name}}{{end}}', 'running of /web'],
  ['{{.State.Status | upper | printf "%-9s|"}}', 'RUNNING  |'],
  ['{{join .Args ", "}} {{(index .Args 0)}} {{truncate .Name 3}}', '-c, x y -c /we'],
  ['a {{- /* note */ -}} b', 'ab'],
  ['{{$x := .State}}{{$x.Pid}} {{printf "%05d %q" 42 "a"}}', '7 00042 "a"'],
  ['{{if and .On (gt .State.Pid 3)}}big{{end}}', 'big'],
  ['{{range .Args}}{{if eq . "x y"}}{{break}}{{end}}{{.}}{{end}}{{range $i := 3}}{{$i}}{{end}}', '-c012'],
  ['{{define "t"}}<{{.}}>{{end}}{{template "t" .Name}}{{block "u" 3}}[{{.}}]{{end}}', '</web>[3]'],
  ['{{and .Empty .Nope.Nope}}{{or .On .Nope}}', '<nil>true'],
  ['{{printf "%d %s %T %s" "x" 3 .On}}', '%!d(string=x) %!s(int=3) bool %!s(MISSING)'],
  ['{{printf "a" 1}}', 'a%!(EXTRA int=1)'],
  ['{{"a" | upper | }}', 'A'],
])('%s', (source, expected) => {
  expect(render(source, container)).toBe(expected);
});

test.each([
  ['{{.Nope}}', ':1:2: executing "" at <.Nope>: map has no entry for key "Nope"'],
  ['x{{.State.Nope}}', ':1:9: executing "" at <.State.Nope>: map has no entry for key "Nope"'],
  ['{{.Name.Nope}}', ':1:7: executing "" at <.Name.Nope>: can\'t evaluate field Nope in type interface {}'],
  ['{{index .Args  7}}', ':1:2: executing "" at <index .Args 7>: error calling index: index out of range: 7'],
  [
    '{{index .Args 2}}',
    ':1:2: executing "" at <index .Args 2>: error calling index: reflect: slice index out of range',
  ],
  ['{{(index .Empty 0).A}}', ':1:3: executing "" at <index .Empty 0>: error calling index: index of untyped nil'],
  ['{{lower 3}}', ':1:8: executing "" at <3>: expected string; found 3'],
  ['{{join .Name "x"}}', ':1:7: executing "" at <.Name>: wrong type for value; expected []string; got string'],
  ['{{upper .Name "x"}}', ':1:2: executing "" at <upper>: wrong number of args for upper: want 1 got 2'],
  ['{{eq .Name 1}}', ':1:2: executing "" at <eq .Name 1>: error calling eq: incompatible types for comparison'],
  ['{{range .Name}}{{end}}', ':1:8: executing "" at <.Name>: range can\'t iterate over /web'],
  ['{{nil}}', ':1:2: executing "" at <nil>: nil is not a command'],
  ['{{nope .Name}}', ':1: function "nope" not defined'],
  ['{{$x}}', ':1: undefined variable "$x"'],
  ['{{.Name', ':1: unclosed action'],
  ['{{.Name}', ":1: bad character U+007D '}'"],
  ['{{}}', ':1: missing value for command'],
  ['{{if}}x{{end}}', ':1: missing value for if'],
  ['{{"abc}}', ':1: unterminated quoted string'],
  ['{{| upper}}', ':1: unexpected "|" in command'],
  ['{{(.Name}}', ':1: unclosed left paren'],
  ['{{.Name)}}', ':1: unexpected right paren'],
  ['{{end}}', ':1: unexpected {{end}}'],
  ['{{if .On}}a{{else}}b{{else}}c{{end}}', ':1: expected end; found {{else}}'],
  ['{{if .On}}\nx', ':2: unexpected EOF'],
])('the template %s is wrong', (source, expected) => {
  expect(render(source, container)).toBe(`template: ${expected}`);
});

test("a structure has Go's fields: empty ones too, in their order, and no others", () => {
  const json = {
    Id: 'abc',
    State: { Status: 'running', Running: true, Pid: 7 },
    Config: { Cmd: ['sh'], Labels: null },
  };
  const shown = (source: string): string => {
    const template = parseTemplate(source);
    if ('error' in template) return template.error;
    const { text, error } = template.execute(goValue(json, containerType));
    return error ?? text;
  };
  expect(shown('{{.ID}} {{.State}}')).toBe('abc {running true false false false false 7 0    <nil>}');
  expect(shown('{{.Config.ExposedPorts}} {{.Config.Entrypoint}} {{.SizeRw}}')).toBe('map[] [] <nil>');
  expect(shown('{{json .Config.ExposedPorts}} {{json .State}}')).toBe(
    'null {"Status":"running","Running":true,"Pid":7}',
  );
  expect(shown('{{if .State.Health}}a{{else}}b{{end}}{{.Config.Labels.x}}{{len .Mounts}}')).toBe('b<no value>0');
  expect(shown('{{.Id}}')).toContain("can't evaluate field Id in type types.ContainerJSON");
});

// Asked of 26.1.5.
test('what inspect knows the type of prints as Go prints it', () => {
  const json = {
    Config: {
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5e9 },
      ExposedPorts: { '80/tcp': {} },
      Labels: { zz: '1', aa: '2' },
    },
    HostConfig: {
      Ulimits: [{ Name: 'nofile', Hard: 6, Soft: 5 }],
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '' }] },
    },
    NetworkSettings: { Ports: { '80/tcp': null } },
    Mounts: [
      {
        Type: 'volume',
        Name: 'v',
        Source: '/s',
        Destination: '/vol',
        Driver: 'local',
        Mode: '',
        RW: true,
        Propagation: '',
      },
    ],
  };
  const shown = (source: string): string | undefined => {
    const template = parseTemplate(source);
    return 'error' in template ? template.error : template.execute(goValue(json, containerType)).text;
  };
  expect(shown('{{.Config.Healthcheck}} {{.Config.Healthcheck.Interval}} {{.Config.ExposedPorts}}')).toBe(
    '{[CMD-SHELL true] 5s 0s 0s 0s 0} 5s map[80/tcp:{}]',
  );
  expect(shown('{{json .Config.Labels}} {{json .Config.Healthcheck.Interval}}')).toBe('{"aa":"2","zz":"1"} 5000000000');
  expect(shown('{{.HostConfig.Ulimits}} {{.HostConfig.PortBindings}} {{.NetworkSettings.Ports}}')).toBe(
    '[nofile=5:6] map[80/tcp:[{ }]] map[80/tcp:[]]',
  );
  expect(shown('{{.Mounts}}')).toBe('[{volume v /s /vol local  true }]');
});
