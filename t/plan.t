#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Plans: what the directive takes; requests that are counted in a day and in
# a minute, on all nodes, never more than there may be; what is said of them.

use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Access;
use Tender::Api;
use Tender::Test;


my $HTTP = <<'END';
    tender_auth_cache off;
    tender_plan "a name" day=1000 minute=60;
    tender_plan daily day=3;
    tender_plan forty day=40;
    tender_plan both day=5 minute=2;
    tender_plan same day=2 minute=2;
    tender_plan few minute=2;
    tender_plan free;
    tender_plan preview minute=3;
END

my $PLACES = <<'END';
    location / { tender_account; }
    location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                         tender_ownership off; }
    location = /api/export { tender_export; set_real_ip_from 127.0.0.1;
                             real_ip_header X-Real-IP; }
END

my $t = access_test(workers => 2, http => $HTTP, location => $PLACES);

my $node = Tender::Test->new(
    workers => 2, redis => 0, http => $HTTP, location => $PLACES,
    main => 'thread_pool tender threads=1;',
    redis_addr => 'unix:' . $t->redis_socket,
);


# an account with a saved search, whose feed is counted

sub caller_of {
    my ($plan) = @_;

    my $account = account($t, defined $plan ? (plan => $plan) : ());
    my $with    = { 'X-Api-Code' => api_code($t, $account)->{code} };
    my $r = $t->post('/api/searches', { data => { name => 'x', query => {} } },
                     $with);

    return { id => $account->{id}, account => $account, with => $with,
             feed => '/api/searches/' . $r->json->{data}{id} . '.atom' };
}

sub ask {
    my ($who, %opt) = @_;

    return ($opt{on} || $t)->get($who->{feed},
                                 { %{ $who->{with} }, %{ $opt{with} || {} } });
}

# as Redis is given it

sub script {
    my ($name) = @_;

    local (@ARGV, $/) = map { "$Tender::Test::TOP/store/scripts/$_.lua" }
                        'lib', $name;

    return "#!lua\n" . <> . <>;
}

sub slot  { my ($who, $what) = @_; return "{g}:quota:$what:$who->{id}" }
sub count { my ($who, $what) = @_; return $t->redis('GET', slot($who, $what)) }

# seconds by the clock of Redis; no test begins at the end of a minute, which
# may be the end of a day

sub now { return $t->redis('TIME')->[0] }

sub early {
    my ($seconds) = @_;

    sleep 0.2 while now() % 60 >= 60 - ($seconds || 10);
}


# what is said

early();

my $who = caller_of('a name');
my $r   = ask($who);
my $day = 86400 - now() % 86400;

is($r->status, 200, 'a request within the plan');
is($r->header('RateLimit-Policy'),
   '"day";q=1000;w=86400, "minute";q=60;w=60', 'RateLimit-Policy');

my ($day_left, $day_end, $left, $end) = ($r->header('RateLimit') // '')
    =~ /^"day";r=(\d+);t=(\d+), "minute";r=(\d+);t=(\d+)$/;

is($day_left, 999, 'RateLimit: left of the day');
is($left, 59, 'and of the minute');
cmp_ok(abs($day_end - $day), '<=', 2, 'until the day ends');
is($day_end % 60, $end % 60, 'and the minute');
is_deeply([map { $r->header("X-RateLimit-$_") } qw(Limit Remaining Reset)],
          [60, 59, $end], 'X-RateLimit says the same of the tighter one');
is($r->header('Retry-After'), undef, 'nothing to wait for');

$r = ask($who);
like($r->header('RateLimit'), qr/^"day";r=998;t=\d+, "minute";r=58;t=\d+$/,
     'the next one');
is(count($who, 'day'), 2, 'counted of the day');
is(count($who, 'minute'), 2, 'and of the minute');
is($t->redis('EXPIRETIME', slot($who, 'day')) % 86400, 0,
   'the count ends with the day');
is($t->redis('EXPIRETIME', slot($who, 'minute')) % 60, 0, 'with the minute');
is($t->head($who->{feed}, $who->{with})->status, 200, 'HEAD');
is(count($who, 'minute'), 3, 'is counted, too');


# a plan without limits

$who = caller_of('free');
$r   = ask($who);
is($r->status, 200, 'without limits');
unlike($r->head, qr/RateLimit/i, 'no header');
is_deeply($t->redis('KEYS', "{g}:quota:*:$who->{id}"), [], 'nor counted');

for my $plan (undef, 'unknown', 'default') {
    $who = caller_of($plan);

    unlike(ask($who)->head, qr/RateLimit/i, 'the plan of '
           . ($plan // 'nobody') . ' has none');
}


# a day

early();
$who = caller_of('daily');

is(ask($who)->status, 200, "request $_ of three") for 1 .. 3;

$r = ask($who);
refused($r, 429, [header => 'quota', 'As many requests as the plan allows: '
                  . 'come again later'], 'the fourth is refused');
is($r->header('RateLimit-Policy'), '"day";q=3;w=86400', 'its policy');
like($r->header('RateLimit'), qr/^"day";r=0;t=\d+$/, 'nothing left');
is_deeply([map { $r->header("X-RateLimit-$_") } qw(Limit Remaining)], [3, 0],
          'X-RateLimit');
is($r->header('Retry-After'), $r->header('X-RateLimit-Reset'),
   'when to come again');
cmp_ok(abs($r->header('Retry-After') - (86400 - now() % 86400)), '<=', 2,
       'when the day has ended');
is(count($who, 'day'), 3, 'what is refused is not counted');
is($t->get('/api/searches', $who->{with})->status, 200,
   'what is not counted goes on');


# both

early();
$who = caller_of('both');

is(ask($who)->status, 200, "request $_") for 1, 2;

$r = ask($who);
is($r->status, 429, 'the third of a minute');
like($r->header('RateLimit'), qr/^"day";r=3;t=\d+, "minute";r=0;t=\d+$/,
     'the day has some left');
is($r->header('X-RateLimit-Limit'), 2, 'the minute refuses');
cmp_ok($r->header('Retry-After'), '<=', 60, 'come again in a minute');
is(count($who, 'day'), 2, 'not counted of the day either');

early();
$who = caller_of('same');
ask($who) for 1, 2;
$r = ask($who);
is($r->status, 429, 'both refuse');
is($r->header('Retry-After'), $r->header('RateLimit') =~ /t=(\d+)/ && $1,
   'the longer one counts');


# the next minute, the next day

early();
$who = caller_of('few');
ask($who) for 1, 2;
is(ask($who)->status, 429, 'a minute is used up');

# as if it had ended: Redis forgets it by its clock

$t->redis('PEXPIRE', slot($who, 'minute'), 1);
sleep 0.05;
early();
$r = ask($who);
is($r->status, 200, 'the next minute begins anew');
is($r->header('X-RateLimit-Remaining'), 1, 'with all of it');

early();
$who = caller_of('daily');
$t->redis('SET', slot($who, 'day'), 3, 'EXAT', now() + 86400);
is(ask($who)->status, 429, 'a day is used up');
$t->redis('PEXPIRE', slot($who, 'day'), 1);
sleep 0.05;
is(ask($who)->status, 200, 'the next day begins anew');

$t->redis('SET', slot($who, 'day'), 3);
is(ask($who)->status, 200, 'a count without an end refuses nobody for ever');
is(count($who, 'day'), 1, 'it begins anew');
$t->redis('SET', slot($who, 'day'), 'nonsense', 'EX', 100);
is(ask($who)->status, 200, 'nor does one that is none');


# another account, and another code of the same one

early();
$who = caller_of('few');

my $other = caller_of('few');
my $code  = { 'X-Api-Code' => api_code($t, $who->{account})->{code} };

is(ask($who)->status, 200, 'one');
is($t->get($who->{feed}, $code)->status, 200, 'by another code');
is(ask($who)->status, 429, 'they count together');
is(ask($other)->status, 200, 'another account counts for itself');


# 304: nothing was handed out

early();
$who = caller_of('few');
$r   = ask($who);

my $tag = $r->header('ETag');

ok($tag, 'a tag');
is(count($who, 'minute'), 1, 'one request');

for (1 .. 5) {
    $r = ask($who, with => { 'If-None-Match' => $tag });
    is($r->status, 304, 'not modified');
    ok($t->wait_for(sub { count($who, 'minute') == 1 }), 'not counted');
}

is(ask($who)->status, 200, 'there is one left');
is(ask($who, with => { 'If-None-Match' => $tag })->status, 429,
   'what is refused is refused before that');

# what comes back of a minute that is over takes nothing from the next one

my $text = script('quota');
my @keys = ('{g}:quota:day:x', '{g}:quota:minute:x');

early();
$t->redis('SET', $keys[1], 2, 'EXAT', 60 * (1 + int(now() / 60)));

is_deeply($t->redis('EVAL', $text, 2, @keys, 'return', 0, 5, now() - 60),
          [1, 0, 2, now()], 'taken in the minute before');
is($t->redis('GET', $keys[1]), 2, 'it changes nothing');
$t->redis('EVAL', $text, 2, @keys, 'return', 0, 5, now());
is($t->redis('GET', $keys[1]), 1, 'taken in this minute');
cmp_ok($t->redis('TTL', $keys[1]), '>', 0, 'the count has its end still');
$t->redis('EVAL', $text, 2, @keys, 'return', 0, 5, now()) for 1, 2;
is($t->redis('GET', $keys[1]), 0, 'never less than none');
is_deeply([@{ $t->redis('EVAL', $text, 2, @keys, 'ask', 3, 5, 0) }[0 .. 2]],
          [1, 0, 0], 'who asks is not counted');
is($t->redis('EXISTS', $keys[0]), 0, 'and makes no count');


# what is refused is not counted

early();
$who = caller_of('few');
is($t->get('/api/searches/999.atom', $who->{with})->status, 404, 'none');
is(count($who, 'minute'), undef, 'not counted');
is($t->get($who->{feed})->status, 401, 'nobody');
is_deeply($t->redis('KEYS', '{g}:quota:*:' . '?' x 64), [], 'neither is he');


# without a key: by address

{
    my $as = sub {
        my ($address, $path) = @_;

        return $t->get($path || '/api/export?dtype=json',
                       { 'X-Real-IP' => $address })->status;
    };

    early();
    is($as->($_->[0]), $_->[1], "from $_->[0]: $_->[1]")
        for ['192.0.2.7', 200], ['192.0.2.7', 200], ['192.0.2.7', 200],
            ['192.0.2.7', 429], ['192.0.2.8', 200],
            ['2001:db8:0:7::1', 200], ['2001:db8:0:7::2', 200],
            ['2001:db8:0:7:ffff::3', 200], ['2001:db8:0:7::1', 429],
            ['2001:db8:0:8::1', 200], ['::ffff:192.0.2.7', 429],
            ['unix:', 200];

    $r = $t->get('/api/export?dtype=json', { 'X-Real-IP' => '192.0.2.7' });
    is($r->status, 429, 'a preview is limited');
    is($r->header('RateLimit-Policy'), '"minute";q=3;w=60', 'by its plan');
    ok($r->header('Retry-After'), 'and ends');

    my @keys = @{ $t->redis('KEYS', '{g}:quota:*') };

    unlike("@keys", qr/192|2001/, 'no address is kept');
    is(scalar(grep { /\{g\}:quota:minute:[0-9a-f]{64}$/ } @keys), 5,
       'but a hash of each');
    is(scalar(grep { $t->redis('TTL', $_) < 0 } @keys), 0, 'until they end');
}


# two nodes and two workers share the count; many at once

early(30);
$who = caller_of('forty');

my @status = $t->parallel(64, sub {
    my ($i) = @_;

    my $c = ($i % 2 ? $t : $node)->client(timeout => 60);

    return [map { $c->get($who->{feed}, $who->{with})->status } 1 .. 2];
});

my %got;

$got{$_}++ for map { @$_ } @status;

is_deeply(\%got, { 200 => 40, 429 => 88 }, 'never more than there may be');
is(count($who, 'day'), 40, 'and exactly those are counted');
is(ask($who, on => $node)->status, 429, 'on each node');


# what is not as we have written it

$who = caller_of('few');
$t->redis('HSET', slot($who, 'minute'), 'a', 'b');
is(ask($who)->status, 500, 'a key that is something else');
$t->allow_errors(qr/WRONGTYPE/);

$node->finish;
$t->finish;


# ---------------------------------------------------------------- directive

my $dir    = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $module = Tender::Test::module_path();
my $load   = $module ? "load_module $module;" : '';
my %temp   = map { $_ => "${_}_temp_path $dir/$_;" }
             qw(client_body proxy fastcgi uwsgi scgi);
my $env    = $ENV{TEST_TENDER_ASAN} ? 'ASAN_OPTIONS=detect_leaks=0 ' : '';

$env .= "LD_PRELOAD=$ENV{TEST_TENDER_PRELOAD} " if $ENV{TEST_TENDER_PRELOAD};

sub says {
    my ($http) = @_;

    open my $fh, '>', "$dir/nginx.conf" or die "$dir: $!\n";
    print $fh "$load\npid $dir/nginx.pid; error_log stderr; events { }\n",
              "http { access_log off; @temp{sort keys %temp}\n",
              "tender_redis unix:/tmp/none; $http\n",
              "server { listen unix:$dir/socket;\n",
              "location / { tender_status; } } }\n";
    close $fh;

    my $nginx = Tender::Test::nginx_binary();
    my $words = qx{$env$nginx -t -q -p $dir -c $dir/nginx.conf \\
                   -e $dir/error.log 2>&1};

    return ($? >> 8) . " $words";
}

is(says($_), '0 ', "taken: $_")
    for 'tender_plan a;', 'tender_plan a day=0;',
        'tender_plan a day=1000000000 minute=1000000000;',
        'tender_plan a page=1000 depth=10000 all=off;',
        'tender_plan a page=1 depth=1 all=on;', 'tender_plan a depth=5;',
        'tender_plan preview page=20;', 'tender_plan default depth=100;',
        'tender_plan a; tender_plan b;', 'tender_plan ' . 'a' x 64 . ';';

for my $case (
    ['a; tender_plan a', 'duplicate plan "a" in "tender_plan"'],
    ['default; tender_plan default', 'duplicate plan "default"'],
    ['""', 'the name of a plan in "tender_plan" has 1 to 64 bytes'],
    ['a' x 65, 'the name of a plan in "tender_plan" has 1 to 64 bytes'],
    ['a week=7', 'unknown parameter "week=7" of "tender_plan": there are '
                 . 'day=, minute=, page=, depth= and all='],
    ['a day', 'unknown parameter "day" of'],
    ['a day=1 day=2', 'duplicate parameter "day=2" of "tender_plan"'],
    ['a all=on all=on', 'duplicate parameter "all=on"'],
    ['a all=yes', 'invalid parameter "all=yes" of "tender_plan": all=on or '
                  . 'all=off is expected'],
    ['a page=20 depth=10', '"page=20" of plan "a" is more than its '
                           . '"depth=10"'],
    (map { ["a $_", qq(invalid parameter "$_" of "tender_plan": a number )
                    . 'from 0 to 1000000000 is expected'] }
     'day=', 'day=-1', 'day=x', 'day=1000000001', 'minute=1m', 'minute=1.5'),
    (map { ["a $_", qq(invalid parameter "$_" of "tender_plan": a number )
                    . 'from 1 to 1000 is expected'] }
     'page=0', 'page=1001', 'page='),
    (map { ["a $_", qq(invalid parameter "$_" of "tender_plan": a number )
                    . 'from 1 to 10000 is expected'] }
     'depth=0', 'depth=10001'),
) {
    my ($text, $sentence) = @$case;
    my $says = says("tender_plan $text;");

    like($says, qr/^1 .*\[emerg\] \Q$sentence\E/s, "refused: $text");
}

like(says('tender_plan;'), qr/invalid number of arguments/, 'no name');

done_testing;
