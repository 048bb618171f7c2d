#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Callers while something breaks: Redis is away, stands still, says nonsense;
# clients leave; nginx is reloaded; many come at once.  Nobody is let in, and
# nobody is told that a good credential is wrong.

use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Access;
use Tender::FakeRedis;
use Tender::Jwt;
use Tender::Oauth qw(form);
use Tender::Test;


my $FORM = 'application/x-www-form-urlencoded';
my $KIND = 'tender_auth api_code bearer oauth2 basic session;';
my $LATE = 3;                   # seconds, for two deadlines of 0.4 s

my $t = access_test(
    redis    => { appendonly => 'yes' },
    http     => 'tender_chronograph off; tender_redis_timeout 400ms;
                 tender_redis_connect_timeout 400ms;',
    files    => { 'page.html' => 'a page' },
    location => <<"END");
        location /api/ { tender_api 0.1; $KIND tender_auth_cache off; }
        location /kept/ { alias %%DIR%%/; $KIND tender_auth_cache 2s; }
        location /oauth/ { tender_oauth; tender_oauth_password_grant on; }
        location /health { tender_status; }
        location /export { tender_export; }
        location = /ping { return 200 pong; }
        location / { tender_account; }
END

my $account = account($t);
my $user    = user($t, $account, login => 'clerk', password => 'Correct horse');
my $client  = client($t, $account);
my $code    = api_code($t, $account);
my $key     = jwt_secret('HS256', 's' x 40);

key($t, $account, kid => 'a', alg => 'HS256', secret => $key->{secret});

my $c   = $t->client;
my $jwt = jwt($key, { sub => $account->{id} + 0, exp => time() + 3600 },
              { kid => 'a' });

sub basic { 'Basic ' . encode_base64(join(':', @_), '') }

my $client_auth = basic($client->{id}, $client->{secret});
my %login = (grant_type => 'password', username => 'clerk',
             password => 'Correct horse');


sub ask_token {
    my (%params) = @_;

    return $c->post('/oauth/token', form(%params), {
        'Content-Type' => $FORM, Authorization => $client_auth });
}


# each login has a family of its own

sub refresh_token { ask_token(%login)->json->{refresh_token} }


my $token = ask_token(grant_type => 'client_credentials')->json
            ->{access_token};
my ($cookie) = $c->post('/login', { username => 'clerk',
                                    password => 'Correct horse' })
                 ->header('Set-Cookie') =~ /^([^;]+)/;

my %shown = (
    api_code => { 'X-Api-Code' => $code->{code} },
    bearer   => { Authorization => "Bearer $jwt" },
    oauth2   => { Authorization => "Bearer $token" },
    basic    => { Authorization => basic('clerk', 'Correct horse') },
    session  => { Cookie => $cookie },
);

# what may be asked for; those that count tries or make something write

my %deed = (
    (map { my $headers = $shown{$_};
           ($_ => sub { $c->get('/api/tenders', $headers) }) } keys %shown),
    login       => sub { $c->post('/login', { username => 'clerk',
                                              password => 'Correct horse' }) },
    'who it is' => sub { $c->get('/session', { Cookie => $cookie }) },
    'password grant' => sub { ask_token(%login, scope => $_[0] // 'read') },
    'client grant'   => sub {
        ask_token(grant_type => 'client_credentials',
                  scope => $_[0] // 'read');
    },
    refresh => sub { ask_token(grant_type => 'refresh_token',
                               refresh_token => $_[0] // refresh_token()) },
    introspection => sub {
        $c->post('/oauth/introspect', form(token => $token), {
            'Content-Type' => $FORM, Authorization => $client_auth });
    },
    export  => sub { $c->get('/export?get_api_code=true&update=1&refresh_code='
                             . $code->{refresh}) },
);

my %reads = map { $_ => 1 } qw(api_code bearer oauth2 session introspection),
                            'who it is', 'client grant', 'password grant',
                            'refresh';
my @deeds = sort keys %deed;


# after an export the api_code is the new one

sub do_it {
    my ($deed, @args) = @_;

    my $r = $deed{$deed}->(@args);

    $shown{api_code}{'X-Api-Code'} = $1
        if $deed eq 'export' && $r->body =~ /(tndk\w{32})/;

    return $r;
}


sub all_good {
    my ($name) = @_;

    is(do_it($_)->status, 200, "$name: $_") or diag($t->error_log)
        for @deeds;
}


# nobody is let in, and nobody told that it is wrong

sub none_good {
    my ($name, $slow) = @_;

    # a token that is never shown to a server that hears it
    my $refresh = 'tndr_' . '0' x 96;

    for my $deed (@deeds) {
        my $r = do_it($deed, $deed eq 'refresh' ? $refresh : ());

        # what changes nothing is certain not to be done
        like($r->status, $reads{$deed} || !$slow ? qr/^503$/ : qr/^50[34]$/,
             "$name: $deed") or diag($r->body);
        is($r->header('Retry-After'), 1, "$name: $deed: when to try again")
            if $r->status == 503;
        cmp_ok($r->elapsed, '<', $LATE, "$name: $deed: not late");
        unlike($r->head, qr/^(?:WWW-Authenticate|Set-Cookie)/mi,
               "$name: $deed: no challenge, no session");
    }
}


# ------------------------------------------------------------ Redis is away

all_good('at first');
$t->pause_redis;
none_good('it stands still', 1);
$t->resume_redis;
ok($t->wait_for(sub { $t->get('/health')->status == 200 }), 'it goes on');
all_good('after that');

$t->stop_redis('KILL');
none_good('it is killed');
$t->start_redis;
ok($t->wait_for(sub { $t->get('/health')->status == 200 }), 'it is back');
all_good('after that');

# what was remembered is good for its time, and no longer

is($c->get('/kept/page.html', $shown{api_code})->status, 200, 'a page');
$t->stop_redis('TERM');
is($c->get('/kept/page.html', $shown{api_code})->status, 200,
   'it is remembered who that is');
is($c->get('/kept/page.html', $shown{bearer})->status, 503,
   'of another one nothing is known');
is($c->get('/kept/page.html', { 'X-Api-Code' => 'tndk' . '0' x 32 })->status,
   503, 'nor of a wrong one');
is($c->get('/kept/page.html')->status, 401, 'nobody is nobody');
sleep 2.1;
is($c->get('/kept/page.html', $shown{api_code})->status, 503,
   'and forgotten in time');
$t->start_redis;
ok($t->wait_for(sub { $t->get('/health')->status == 200 }), 'it is back');
is($c->get('/kept/page.html', $shown{api_code})->status, 200, 'a page');


# -------------------------------------------------------- clients that leave

my ($worker) = $t->worker_pids;

sub files { scalar(() = glob "/proc/$worker/fd/*") }

sub memory {
    open my $fh, '<', "/proc/$worker/status" or die "no worker: $!";

    return join('', readline $fh) =~ /^VmRSS:\s*(\d+) kB/m ? $1 : die;
}


sub open_with {
    my (@bytes) = @_;

    return map {
        my $sock = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                         PeerPort => $t->port)
            or die "connect: $!";

        syswrite $sock, $_;
        $sock;
    } @bytes;
}


{
    my @bytes = map { $c->format('GET', '/api/tenders', $shown{$_}) }
                sort keys %shown;
    my ($base, @memory);

    $c->close;
    $t->get('/ping');
    ok($t->wait_for(sub { $t->get('/health')->json->{redis}{pending} == 0 }),
       'nothing is under way');
    $base = files();

    # so many that leave are no wrong passwords
    my $forget = sub {
        my @keys = @{ $t->redis('KEYS', '{g}:tries:*') };

        $t->redis('DEL', @keys) if @keys;
    };

    for my $round (1 .. 12) {
        $forget->();
        $t->pause_redis;

        my @socks = open_with((@bytes) x 20);

        $t->get('/ping')->status == 200 or die 'no answer' for 1 .. 2;

        for my $i (0 .. $#socks) {
            setsockopt $socks[$i], SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0
                if $i % 2;
            close $socks[$i];
        }

        $round % 2 ? $t->get('/ping') : sleep 0.5;
        $t->resume_redis;
        $t->wait_for(sub {
            my $r = $t->get('/health');

            $r->status == 200 && $r->json->{redis}{pending} == 0;
        }) or fail('something is left pending');
        $t->wait_for(sub { files() <= $base + 1 });
        push @memory, memory();
    }

    cmp_ok(files(), '<=', $base + 1, 'no file of those who left is open');

    my $more = $memory[-1] - $memory[3];

    # 800 requests: a page of memory of each would be 3200
    cmp_ok($more, '<', 1500, "$more kB more memory after 800 requests")
        if !$ENV{TEST_TENDER_ASAN};
    is_deeply([$t->worker_pids], [$worker], 'the worker is the same');
    $forget->();
    all_good('after those who left');
}


# ---------------------------------------------------------- reloads, crowds

# all are asked at once by one process; their statuses

sub crowd {
    my ($between, @requests) = @_;

    my @clients = map { $t->client(timeout => 60) } @requests;

    $clients[$_]->connect for 0 .. $#clients;
    $clients[$_]->send($requests[$_]) for 0 .. $#clients;
    $between->();

    my %seen;

    for my $one (@clients) {
        my $r = eval { $one->receive('POST') };
        my $what = $r ? $r->status : "no answer: $@";

        $seen{$what}++;
    }

    return \%seen;
}


sub token_request {
    my (%params) = @_;

    return $c->format('POST', '/oauth/token', {
        'Content-Type' => $FORM, Authorization => $client_auth,
        Connection => 'close',
    }, form(%params));
}


# five of each at a time: of more than ten that wait the rest would be refused

my @users = map { my $login = "clerk$_";
                  user($t, $account, login => $login,
                       password => 'Correct horse');
                  $login } 1 .. 10;

for my $round (1 .. 3) {
    my @requests = map {
        my $name = $users[$_ % @users];

        $c->format('POST', '/login', { Connection => 'close' },
                   qq({"username":"$name","password":"Correct horse"}));
    } 1 .. 50;
    my %old = map { $_ => 1 } $t->worker_pids;
    my $seen = crowd(sub {
        # while some are under way, and some not looked at
        sleep 0.05 * $round;
        $t->reload;
    }, @requests);

    is_deeply($seen, { 200 => 50 }, "reload $round: 50 logins are answered");
    is((grep { $old{$_} } $t->worker_pids), 0, 'by workers that were replaced');
    ok($t->wait_for(sub { $t->worker_pids(all => 1) == 1 }), 'which end');
}

is_deeply(crowd(sub { $t->reload },
                map { $c->format('GET', '/api/tenders',
                                 { %{ $shown{$_} }, Connection => 'close' }) }
                (qw(api_code bearer oauth2 session)) x 16),
          { 200 => 64 }, 'a reload during 64 requests of all kinds');

# families of their own: all are renewed; one of all: once

{
    # the same login for the same scopes gets the same tokens

    my @scopes = ('read', 'create', 'update', 'delete', 'read create',
                  'read update', 'read delete');
    my @refresh = map {
        my $name = $_;

        map { ask_token(%login, username => $name, scope => $_)
                  ->json->{refresh_token} } @scopes;
    } @users;

    $#refresh = 63;

    is_deeply(crowd(sub { }, map { token_request(grant_type => 'refresh_token',
                                                 refresh_token => $_) }
                             @refresh),
              { 200 => 64 }, '64 refresh tokens at once');

    my $one = refresh_token();
    my $seen = crowd(sub { }, (token_request(grant_type => 'refresh_token',
                                             refresh_token => $one)) x 64);

    is_deeply($seen, { 200 => 1, 400 => 63 }, 'one of them 64 times');
}

$t->finish;


# -------------------------------------------------- a Redis that says things

my $fine = 'the store holds a record that this module did not write';

for my $case (
    ['nobody', 401, "\$-1\r\n"],
    ['an error', 500, "-ERR broken\r\n"],
    ['no right to ask', 500, "-NOPERM this user has no permissions\r\n"],
    ['loading', 503, "-LOADING Redis is loading\r\n"],
    ['a number', 500, ":1\r\n"],
    ['a text', 500, "\$2\r\nOK\r\n"],
    ['an empty list', 500, "*0\r\n"],
    ['a list of nothing', 500, "*3\r\n\$-1\r\n\$-1\r\n\$-1\r\n"],
    ['a list of one', 500, "*1\r\n\$1\r\n1\r\n"],
    ['an account that is none', 500,
     list(1, 1, 'x', '', '', '', '', '', '', '', '', '')],
    ['an account that is no JSON', 500,
     list(1, 1, "1 1 1 default\n{", '', '', '', '', '', '', '', '', '')],
    ['a break', 503, "*12\r\n\$1\r\n", close => 1],
    ['nothing', 503, undef, ignore => 1],
    ['a part of it', 503, "*12\r\n\$1\r\n1\r\n"],
) {
    my ($name, $status, $send, %how) = @$case;

    my $fake = Tender::FakeRedis->new(rules => [
        Tender::FakeRedis->handshake,
        { expect => qr/^EVALSHA /, defined $send ? (send => $send) : (), %how },
    ]);
    my $f = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr,
        http  => 'tender_redis_timeout 300ms; tender_auth_cache off;',
        location => 'location /api/ { tender_api 0.1; tender_anonymous read;
                         tender_auth api_code oauth2 session; }
                     location /file/ { alias %%DIR%%/;
                         tender_auth api_code oauth2 session; }
                     location = /health { tender_status; }');

    $f->wait_for(sub { $f->get('/health')->status == 200 })
        or die "no connection to the fake\n";
    $f->allow_errors(qr/\Q$fine\E/, qr/Redis answered|answered: /)
        if $status == 500;
    $f->write_file('page', 'a page');

    for my $kind (qw(api_code oauth2 session)) {
        my $r = $f->get('/api/tenders', $shown{$kind});

        is($r->status, $status, "$kind: Redis says $name") or diag($r->body);
        is($f->get('/file/page', $shown{$kind})->status, $status,
           'the same of a file');
        unlike($r->body, qr/tnd|Correct/, 'and no secret is told');

        $f->wait_for(sub { $f->get('/health')->status == 200 })
            if $how{close} || $status == 503;
    }

    $f->finish;
    $fake->stop;
}

done_testing;


sub list {
    return '*' . @_ . "\r\n"
           . join '', map { '$' . length($_) . "\r\n$_\r\n" } @_;
}
