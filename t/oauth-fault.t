#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The token endpoint when something else is wrong: the store is away, late,
# damaged; nginx itself refuses; and how a body may come.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use IO::Socket::INET;
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::FakeRedis;
use Tender::Oauth;
use Tender::Test;


my %good = (grant_type => 'client_credentials');
my $ID   = 'a' x 32;


# --------------------------------------------------- a store that does not say

sub bulk { map { '$' . length($_) . "\r\n$_\r\n" } @_ }
sub list { '*' . @_ . "\r\n" . join '', bulk(@_) }

sub entry { "1 1 1 $_[0]\n" . JSON::PP::encode_json($_[1]) }

my @grants = qw(client_credentials refresh_token);
my $now    = time * 1_000_000;
my @client = ($now, 1, entry('default', { scopes => ['read'] }), '', '', $ID,
              entry(1, { grants => \@grants,
                         secret => { hash => sha256_hex('s') } }),
              '', '');
my $family = 'b' x 32;
my $token  = "tndr_$family" . 'c' x 64;
my %renew  = (grant_type => 'refresh_token', refresh_token => $token);

my $shows  = { expect => qr/^EVALSHA .* client \S+$/,
               send => list(@client, '', '', '', '') };
my $family_is = { expect => qr/^EVALSHA .* family \S+$/,
                  send => list(@client, '',
                               sha256_hex($token) . ' ' . ($now + 1e12)
                               . ' read', 'x', '') };

for my $case (
    ['a grant', \%good, 200, '',
     list('d' x 32, $now + 5_000_000, $now)],
    ['a grant that is not answered', \%good, 504, 'temporarily_unavailable'],
    ['words', \%good, 500, 'server_error', "\$2\r\nOK\r\n"],
    ['a list that is short', \%good, 500, 'server_error', list('x' x 32, 1)],
    ['a list of numbers', \%good, 500, 'server_error',
     "*3\r\n:1\r\n:2\r\n:3\r\n"],
    ['a family that is none', \%good, 500, 'server_error', list('x', 2, 1)],
    ['a time that is none', \%good, 500, 'server_error',
     list('d' x 32, 'x', 1)],
    ['no time', \%good, 500, 'server_error', list('d' x 32, '', 1)],
    ['a token that is over', \%good, 500, 'server_error',
     list('d' x 32, 1, 2)],
    ['a known family that is none', \%good, 500, 'server_error',
     list('KNOWN', 'x')],
    ['a known family without one', \%good, 500, 'server_error',
     list('KNOWN')],
    ['an error', \%good, 500, 'server_error', "-ERR broken\r\n"],
    ['a full store', \%good, 503, 'temporarily_unavailable',
     "-OOM command not allowed\r\n"],
    ['another family each time', \%good, 200, '',
     sub { $_[6] eq '*' ? list('d' x 32, $now + 5_000_000, $now)
                        : list('KNOWN', 'e' x 32) }],
    ['a refresh', \%renew, 200, '', list($now + 5_000_000, $now)],
    ['a refresh that is not answered', \%renew, 504,
     'temporarily_unavailable'],
    ['a used one', \%renew, 400, 'invalid_grant', list('REUSED')],
    ['an unknown one', \%renew, 400, 'invalid_grant', list('UNKNOWN')],
    ['numbers of a refresh', \%renew, 500, 'server_error',
     "*2\r\n:1\r\n:2\r\n"],
    ['one time alone', \%renew, 500, 'server_error', list(1)],
) {
    my ($name, $params, $status, $error, $send) = @$case;

    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake, $shows, $family_is,
            { expect => qr/^EVALSHA \S+ [13] /,
              defined $send ? (send => $send) : (ignore => 1) },
        ],
    );
    my $t = Tender::Test->new(redis => 0, redis_addr => $fake->addr,
        http => 'tender_redis_timeout 2s; tender_chronograph off;',
        location => 'location /oauth/ { tender_oauth; }
                     location = /health { tender_status; }');

    $t->wait_for(sub { $t->get('/health')->status == 200 })
        or die "no connection to the fake\n";

    $t->allow_errors(qr/the store holds a record that this module did not wr/)
        if $status == 500;
    $t->allow_errors(qr/ answered: "(?:ERR broken|OOM command not allowed)"/)
        if $name =~ /^(?:an error|a full store)$/;

    my $r = ask($t, { id => $ID, secret => 's' }, %$params);

    $status == 200 ? given($r, $name, refresh => $params == \%renew,
                           scope => 'read')
                   : refusal($r, $status, $error, $name);
    is($r->json->{expires_in}, 5, "$name: what is left") if $status == 200;
    like(scalar $r->header('Retry-After'), qr/^\d+$/, 'Retry-After')
        if $status == 503;
    unlike($t->kept_log, qr/\Q$token\E|cccc/, "$name: no token in the log");
    is_deeply([$fake->unexpected], [], "$name: no other command");

    $t->finish;
    $fake->stop;
}


# ----------------------------------------------------------- a store that left

{
    my $t = oauth_test(http => 'tender_redis_timeout 300ms;');
    my $client = client($t, account($t));

    given(ask($t, $client, %good), 'all is well', refresh => 0);
    $t->pause_redis;

    my $r = ask($t, $client, %good);

    refusal($r, 503, 'temporarily_unavailable', 'a store that is late');
    is(scalar $r->header('Retry-After'), 1, 'Retry-After');
    $t->resume_redis;
    $t->stop_redis('KILL');
    ok($t->wait_for(sub { ask($t, $client, %good)->status == 503 }),
       'a store that is away');
    refusal(ask($t, $client, %good), 503, 'temporarily_unavailable', 'at once');
    refusal(post($t, revoke => { token => 'tnda_' . '0' x 96 },
                 basic($client)), 503, 'temporarily_unavailable',
            'revocation: it is not done');
    refusal(post($t, token => { grant_type => 'x' }, basic($client)), 400,
            'unsupported_grant_type', 'what needs no store');
    $t->start_redis;
    ok($t->wait_for(sub { ask($t, $client, %good)->status == 401 }),
       'another store, without that client');

    $t->finish;
}


# ------------------------------------------------------------ a damaged one

{
    my $t = oauth_test();
    my $account = account($t);
    my $client = client($t, $account);
    my $token = ask($t, $client, %good)->json->{access_token};
    my ($family) = $token =~ /^tnda_(.{32})/;
    my $key = "{g}:family:$family";
    my $access = $t->redis('HGET', $key, 'access');

    for my $bad ('', 'x', substr($access, 0, 64), "$access,nothing",
                 $access =~ s/ \d+ / x /r, $access =~ s/^../zz/r,
                 $access =~ s/ .*//r) {
        $t->redis('HSET', $key, 'access', $bad);
        ok(!alive($t, $token), "'$bad' opens nothing");
        is_deeply(introspect($t, $client, $token),
                  { active => JSON::PP::false }, 'and is nothing');
    }

    $t->redis('HSET', $key, 'access', $access);
    ok(alive($t, $token), 'as it was');

    for my $who ('', 'x', "$client->{id} - $account->{id}", "- - - -",
                 "$client->{id} - 9999 x") {
        $t->redis('HSET', $key, 'who', $who);
        ok(!alive($t, $token), "'$who' is nobody");
    }

    # a grant that lost its family, or whose key has another type

    my ($grant) = @{ $t->redis('KEYS', '{g}:grant:*') };

    $t->redis('DEL', $key);
    given(ask($t, $client, %good), 'a lost family', refresh => 0);
    $t->redis('DEL', $grant);
    $t->redis('HSET', $grant, 'a', 'b');
    $t->allow_errors(qr/ answered: "WRONGTYPE/);
    refusal(ask($t, $client, %good), 504, 'temporarily_unavailable',
            'a wrong type');
    $t->redis('DEL', $grant);
    given(ask($t, $client, %good), 'without it', refresh => 0);

    # scripts that the store has forgotten

    $t->redis('SCRIPT', 'FLUSH');
    given(ask($t, $client, %good), 'SCRIPT FLUSH', refresh => 0);

    $t->finish;
}


# --------------------------------------------------------------- nginx itself

{
    my $t = oauth_test(
        oauth => 'add_header X-Calls $tender_redis_calls always;',
        http => 'limit_req_zone $server_name zone=one:1m rate=1r/m;',
        more => <<'END');
location /small/ { tender_oauth; client_max_body_size 10; }
        location /denied/ { tender_oauth; deny all; }
        location /limited/ { tender_oauth; limit_req zone=one; }
        location /basic/ { tender_oauth; auth_basic "x";
                           auth_basic_user_file /dev/null; }
        location /file/ { tender_oauth; client_body_in_file_only clean;
                          client_body_buffer_size 1k; }
        location /if/ {
            tender_oauth;
            if ($arg_a) { add_header X-If 1; }
            limit_except POST { deny all; }
        }
        location /well/ {
            tender_oauth_metadata /oauth;
            if ($arg_a) { add_header X-If 1; }
        }
END
    my $client = client($t, account($t));
    my $send = sub {
        $t->post("/$_[0]/token", $_[1] // form(%good),
                 { 'Content-Type' => $FORM, %{ basic($client) } });
    };

    refusal($send->('small'), 413, 'invalid_request', 'a body that is large');
    refusal($send->('denied'), 403, 'access_denied', 'deny all');
    refusal($send->('basic'), 401, 'invalid_client', 'auth_basic')
        if $send->('basic')->status == 401;
    given($send->('limited'), 'limit_req, once', refresh => 0);
    refusal($send->('limited'), 503, 'temporarily_unavailable', 'twice');
    given($send->('file'), 'a body in a file', refresh => 0);
    given($send->('file', form(%good) . '&x=' . 'y' x 10_000),
          'a long body in a file', refresh => 0);
    given($send->('if'), 'limit_except', refresh => 0);
    is($t->get('/if/token')->status, 403, 'refuses the others');

    # a metadata location that has an if

    is($t->get('/well?a=1')->status, 404, 'a location ends with its slash');
    is($t->get('/well/?a=1')->json->{token_endpoint},
       $t->url('/oauth/token'), 'what it says is not lost in an if');
    is($t->get('/well/x')->status, 404, 'there is nothing below it');

    my $r = $t->request('POST', '/oauth/token',
                        { 'Content-Type' => $FORM, %{ basic($client) },
                          'Transfer-Encoding' => 'chunked' },
                        sprintf "%x\r\n%s\r\n0\r\n\r\n", length form(%good),
                        form(%good));

    given($r, 'a chunked body', refresh => 0);

    refusal($t->request('POST', '/oauth/token',
                        { 'Content-Type' => $FORM,
                          'Content-Length' => 5 * 1024 * 1024 }, ''),
            413, 'invalid_request', 'a body that nobody reads');

    # who is refused has cost the same, whatever is wrong with it

    my %calls;

    for my $case (
        ['a wrong secret', $client->{id}, 'x'],
        ['an unknown client', '0' x 32, 'x'],
        ['what is no client', 'x', 'x'],
        ['a long name', 'x' x 500, 'x'],
    ) {
        my $r = ask($t, { id => $case->[1], secret => $case->[2] }, %good);

        is($r->status, 401, $case->[0]);
        $calls{ $r->header('X-Calls') }++;
    }

    is_deeply(\%calls, { 2 => 4 }, 'two commands each');

    # HTTP/1.0 and a client that leaves

    like($t->raw("POST /oauth/token HTTP/1.0\r\nContent-Type: $FORM\r\n"
                 . "Authorization: " . basic($client)->{Authorization}
                 . "\r\nContent-Length: " . length(form(%good)) . "\r\n\r\n"
                 . form(%good)), qr/^HTTP\S+ 200 .*"access_token"/s,
         'HTTP/1.0');

    $t->pause_redis;

    my $c = $t->client;

    $c->send($c->format('POST', '/oauth/token',
                        { 'Content-Type' => $FORM, %{ basic($client) } },
                        form(%good)));
    select undef, undef, undef, 0.1;
    $c->close;
    select undef, undef, undef, 0.1;
    $t->resume_redis;
    given(ask($t, $client, %good), 'a client that has left', refresh => 0);

    $t->finish;
}

done_testing;
