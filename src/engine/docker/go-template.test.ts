import { expect, test } from 'vitest';
import { parseTemplate } from './go-template.ts';
import { containerType } from './go-types.ts';
import { goValue, untypedValue } from './go-value.ts';

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
  ['{{join (split .Name "/") ", "}} {{(index .Args 0)}} {{truncate .Name 3}}', ', web -c /we'],
  ['a {{- /* note */ -}} b', 'ab'],
  ['{{$x := .State}}{{$x.Pid}} {{printf "%05d %q" 42 "a"}}', '7 00042 "a"'],
  ['{{if and .On (gt .State.Pid 3)}}big{{end}}', 'big'],
  ['{{range .Args}}{{if eq . "x y"}}{{break}}{{end}}{{.}}{{end}}{{range $i := 3}}{{$i}}{{end}}', '-c012'],
  ['{{define "t"}}<{{.}}>{{end}}{{template "t" .Name}}{{block "u" 3}}[{{.}}]{{end}}', '</web>[3]'],
  ['{{and .Empty .Nope.Nope}}{{or .On .Nope}}', '<no value>true'],
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
  expect(shown('{{if .State.Health}}a{{else}}b{{end}}{{.Config.Labels.x.y}}{{len .Mounts}}')).toBe('b<no value>0');
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

const asInspectSees = {
  Id: 'abc',
  Name: '/aa',
  State: { Status: 'running', Pid: 91, ExitCode: 0 },
  Config: { Env: ['A=b'], Labels: { 'com.foo': 'z', x: '1' } },
  HostConfig: {
    CapAdd: null,
    RestartPolicy: { Name: 'no' },
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] },
  },
  NetworkSettings: { Networks: { none: { NetworkID: 'n' } } },
};

function executed(source: string, value: unknown, missingKeyIsError: boolean): string {
  const template = parseTemplate(source, { missingKeyIsError });
  if ('error' in template) return template.error;
  const { text, error } = template.execute(value);
  return error ?? text;
}

// Asked of 26.1.5, which turns to the JSON itself where the structure does not do.
test.each([
  ['{{.Config.Labels.com.foo}}', '<no value>'],
  ['{{.NetworkSettings.Networks.nosuch.IPAddress}}', '<no value>'],
  ['{{index .Config.Labels 1}}', 'error calling index: value has type int; should be string'],
  ['{{index .HostConfig.PortBindings "80/tcp"}}', 'error calling index: value has type string; should be nat.Port'],
  ['{{len .State.Health}}', 'error calling len: len of nil pointer'],
  ['{{.State.Health.Nope}}', "can't evaluate field Nope in type *types.Health"],
  ['{{.State.Health.Status}}', 'nil pointer evaluating *types.Health.Status'],
  ['{{eq .State.Health nil}} {{eq .Config.Healthcheck nil}}', 'true true'],
  ['{{.HostConfig.Resources.Memory}} {{.ContainerJSONBase.Name}}', '0 /aa'],
  ['{{printf "%+v" .HostConfig.RestartPolicy}}', '{Name:no MaximumRetryCount:0}'],
  ['{{printf "%#v" .HostConfig.RestartPolicy}}', 'container.RestartPolicy{Name:"no", MaximumRetryCount:0}'],
  ['{{printf "%T %T" .Mounts .State.Pid}}', '[]types.MountPoint int'],
  ['{{printf "%v" .State}}', '&{running false false false false false 91 0    <nil>}'],
  ['{{printf "%q %q" .Config.Env .Config.Labels}}', '["A=b"] map["com.foo":"z" "x":"1"]'],
  ['{{printf "%o %b %e %g %+d %#x %X" 8 5 1.5 1.5 5 255 255}}', '10 101 1.500000e+00 1.5 +5 0xff FF'],
  ['{{printf "%*d|%[2]s %[1]s" 5 3}}', '    3|%!s(int=3) %!s(int=5)'],
  ['{{printf "%s %v %! 100%" nil nil}}', '%!s(<nil>) <nil> %!!(MISSING) 100%!(NOVERB)'],
  ['{{(index .NetworkSettings.Networks "none").NetworkID}}', 'n'],
  ['{{lt true false}}', 'error calling lt: invalid type for comparison'],
  ['{{slice "abc" "1"}}', 'error calling slice: cannot index slice/array with type string'],
  ['{{slice "abc" 1 2 3}}', 'error calling slice: cannot 3-index slice a string'],
  ['{{call}}', 'wrong number of args for call: want at least 1 got 0'],
  ['{{call .Name}}', 'error calling call: non-function .Name of type string'],
  ['{{$x := 1}}{{$x = 3}}{{$x}} {{0b11}} {{0o17}} {{1_000}} {{.1}}', '3 3 15 1000 0.1'],
  ['{{title "foo bar-baz o\'neil"}} {{upper "\xc3\xa9"}} {{"\\u00e9"}}', "Foo Bar-Baz O'Neil \xc3\x89 \xc3\xa9"],
])('the structure under %s', (source, expected) => {
  expect(executed(source, goValue(asInspectSees, containerType), false)).toContain(expected);
});

test.each([
  ['{{.HostConfig.CapAdd}}', '<no value>'],
  ['{{.HostConfig.CapAdd.Foo}}', 'at <.HostConfig.CapAdd.Foo>: nil pointer evaluating interface {}.Foo'],
  ['{{upper .HostConfig.CapAdd}}', 'wrong type for value; expected string; got interface {}'],
  ['{{.HostConfig.CapAdd | upper}}', ':23: executing "" at <upper>: invalid value; expected string'],
  ['{{join .Config.Env ","}}', 'wrong type for value; expected []string; got []interface {}'],
  ['{{(index .State "nosuch").X}}', ':1:16: executing "" at <"nosuch">: nil data; no entry for key "X"'],
  ['{{index .State "nosuch" 0}}', 'error calling index: index of nil pointer'],
  ['{{gt .State.Pid 0}}', 'error calling gt: incompatible types for comparison'],
  ['{{len .State.Pid}} {{if .State.ExitCode}}x{{end}} {{printf "%d" .State.Pid}}', '2 x %!d(json.Number=91)'],
  ['{{range .State.Pid}}{{end}}', ':1:14: executing "" at <.State.Pid>: range can\'t iterate over 91'],
  ['{{.Name 3}}', 'Name is not a method but has arguments'],
  ['{{(.State).Nosuch}}', ':1:3: executing "" at <.State>: map has no entry for key "Nosuch"'],
  ['{{("a").Foo}}', 'at <"a">: can\'t evaluate field Foo in type string'],
  ['{{template "a" .}}{{define "a"}}{{.Nope}}{{end}}', ':1:34: executing "a" at <.Nope>: map has no entry'],
  ['{{define "a"}}{{end}}{{define "a"}}{{end}}', ':1: template: multiple definition of template "a"'],
  ['{{$x = 3}}', ':1:7: executing "" at <3>: undefined variable: $x'],
  ['{{.Name.}}', ':1: unexpected <.> in operand'],
  ['{{#}}', ':1: unexpected "#" in command'],
  ["{{'ab'}}", ":1: malformed character constant: 'ab'"],
  ['{{3.Foo}} ', ':1: bad number syntax: "3.F"'],
  ['{{0x}}', ':1: illegal number syntax: "0x"'],
])('the JSON under %s', (source, expected) => {
  expect(executed(source, untypedValue(asInspectSees), true)).toContain(expected);
});
