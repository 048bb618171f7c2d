#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# How a client shows who it is, and who may not be one.

use strict;
use warnings;

use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Oauth;


my $t = oauth_test(http => <<'END', more => <<'END2');
set_real_ip_from 127.0.0.1;
    real_ip_header X-Real-IP;
END
location /tenant/ { tender_oauth; tender_tenant_from_host on; }
END2

my $account = account($t);
my $client = client($t, $account);
my %good = (grant_type => 'client_credentials');
my $unknown = qr/^The client is not known by these credentials$/;


# a network of its own for each case, for tries are counted by it

my $network = 0;

sub from { +{ 'X-Real-IP' => "192.0.$_[0].1" } }


sub shows {
    my ($headers, $params) = @_;

    return post($t, token => { %good, %{ $params || {} } },
                { %{ from(++$network) }, %{ $headers || {} } });
}


sub unknown {
    my ($r, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    refusal($r, 401, 'invalid_client', $name, $unknown);
    is_deeply([$r->header('WWW-Authenticate')], ['Basic realm="tender"'],
              "$name: WWW-Authenticate");
}


sub raw_basic { +{ Authorization => $_[0] . encode_base64($_[1], '') } }


# ------------------------------------------------------------------- good ones

my $id     = $client->{id};
my $secret = $client->{secret};

given(shows(raw_basic('Basic ', "$id:$secret")), 'Basic', refresh => 0);
given(shows(raw_basic('basic  ', "$id:$secret")), 'in other letters',
      refresh => 0);
given(shows(raw_basic('Basic ', join ':', map { s/(.)/sprintf '%%%02x',
                                                ord $1/ger } $id, $secret)),
      'RFC 6749 2.3.1: id and secret of Basic are encoded as in a form',
      refresh => 0);
given(shows({}, { client_id => $id, client_secret => $secret }), 'parameters',
      refresh => 0);
given(shows(raw_basic('Basic ', "$id:$secret"), { client_secret => '' }),
      'an empty client_secret is none', refresh => 0);


# ---------------------------------------------------------------- wrong ones

unknown(shows(), 'nothing');
unknown(shows({}, { client_id => $id }), 'a name alone');
unknown(shows({}, { client_secret => $secret }), 'a secret alone');
unknown(shows({}, { client_id => $id, client_secret => 'x' }),
        'a wrong secret');
unknown(shows({}, { client_id => $id, client_secret => substr $secret, 1 }),
        'a part of it');
unknown(shows({}, { client_id => $id, client_secret => uc $secret }),
        'it in other letters');
unknown(shows({}, { client_id => '0' x 32, client_secret => $secret }),
        'an unknown client');
unknown(shows({}, { client_id => 'x' x 5000, client_secret => $secret }),
        'a long name');
unknown(shows({}, { client_id => uc $id, client_secret => $secret }),
        'a name in other letters')
    if uc $id ne $id;
unknown(shows(raw_basic('Basic ', "$id:")), 'no secret in Basic');
unknown(shows(raw_basic('Basic ', ":$secret")), 'no name in Basic');
unknown(shows(raw_basic('Basic ', $id)), 'Basic without a colon');
unknown(shows(raw_basic('Basic ', "$id:$secret&x")), 'Basic with a form');
unknown(shows(raw_basic('Basic ', "$id=1:$secret")), 'with a value');
unknown(shows(raw_basic('Basic ', "$id:%zz")), 'with a broken escape');
unknown(shows(raw_basic('Basic ', "$id:$secret%00")), 'with a zero');
unknown(shows({ Authorization => "Basic $id:$secret" }), 'no base64');
unknown(shows({ Authorization => 'Basic' }), 'the scheme alone');
unknown(shows({ Authorization => 'Basic ' }), 'and a space');
unknown(shows({ Authorization => "Bearer $secret" }), 'Bearer');
unknown(shows({ Authorization => "Bearer $secret" }, { client_id => $id }),
        'Bearer and a name');
refusal(shows({ Authorization => "Bearer x" },
              { client_id => $id, client_secret => $secret }), 400,
        'invalid_request', 'Bearer beside a secret', qr/in one way/);


# --------------------------------------------------------------- switched off

{
    my $other = account($t, name => 'Other');
    my $mine = client($t, $other);
    my $try = sub { shows(basic($mine)) };

    given($try->(), 'a client', refresh => 0);
    my $token = $try->()->json->{access_token};

    change($t, $mine, enabled => JSON::PP::false);
    unknown($try->(), 'it is switched off');
    ok(!alive($t, $token), 'nor are its tokens good');
    change($t, $mine, enabled => JSON::PP::true);
    given($try->(), 'on again', refresh => 0);

    change($t, $mine, expires => '2020-01-01T00:00:00Z');
    unknown($try->(), 'its time is over');
    change($t, $mine, expires => undef);
    given($try->(), 'has no end again', refresh => 0);

    change($t, $other, enabled => JSON::PP::false);
    unknown($try->(), 'its account is switched off');
    ok(!alive($t, $token), 'tokens, too');
    change($t, $other, enabled => JSON::PP::true);
    ok(alive($t, $token), 'on again');

    my $refresh = ask($t, $client, %good);

    remove($t, $mine);
    unknown($try->(), 'it was removed');
    ok(!alive($t, $token), 'with its tokens');
    is_deeply(introspect($t, $client, $token), { active => JSON::PP::false },
              'nobody is told of them');
}


# ------------------------------------------------------------------ addresses

{
    my $at = client($t, $account, addresses => ['198.51.100.0/24',
                                                '2001:db8::/32']);
    my $try = sub {
        post($t, token => \%good, { %{ basic($at) }, 'X-Real-IP' => $_[0] });
    };

    given($try->($_), "from $_", refresh => 0)
        for '198.51.100.7', '2001:db8::1';
    unknown($try->($_), "from $_") for '198.51.101.7', '2001:db9::1';

    my $token = $try->('198.51.100.7')->json->{access_token};
    my %bearer = (Authorization => "Bearer $token");

    is($t->get('/api/0.1/tenders',
               { %bearer, 'X-Real-IP' => '198.51.100.8' })->status, 200,
       'its token is good there');
    is($t->get('/api/0.1/tenders',
               { %bearer, 'X-Real-IP' => '198.51.101.8' })->status, 401,
       'and nowhere else');
}


# -------------------------------------------------------------------- tenants

{
    my $acme = account($t, name => 'Acme', tenant => 'acme');
    my $theirs = client($t, $acme);
    my $try = sub {
        my ($client, $host) = @_;

        $t->post('/tenant/token', form(%good),
                 { 'Content-Type' => $FORM, Host => $host, %{ from(200) },
                   %{ basic($client) } });
    };

    given($try->($theirs, 'acme.example.com'), 'a client of this tenant',
          refresh => 0);
    given($try->($theirs, 'ACME.example.com'), 'in other letters',
          refresh => 0);
    unknown($try->($theirs, 'default.example.com'), 'of another one');
    unknown($try->($client, 'acme.example.com'), 'as this one');
    given($try->($client, 'default.example.com'), 'which is of that',
          refresh => 0);
}


# ------------------------------------------------------------------- rotation

{
    my $turn = client($t, $account);
    my $old = $turn->{secret};
    my $rotate = sub {
        my $r = $t->post("$turn->{url}/rotate",
                         { data => { overlap => $_[0] } });

        is($r->status, 200, 'a secret is rotated') or diag($r->body);

        return $r->json->{access}{client_secret};
    };
    my $new = $rotate->(3600);

    isnt($new, $old, 'it is another one');
    given(shows(basic($turn, $new)), 'the new one', refresh => 0);
    given(shows(basic($turn, $old)), 'the old one, for a while', refresh => 0);

    my $newest = $rotate->(0);

    given(shows(basic($turn, $newest)), 'the newest', refresh => 0);
    unknown(shows(basic($turn, $new)), 'without an overlap');
    unknown(shows(basic($turn, $old)), 'the oldest');

    my $last = $rotate->(2);

    given(shows(basic($turn, $newest)), 'an overlap of two seconds',
          refresh => 0);
    sleep 3;
    unknown(shows(basic($turn, $newest)), 'is over');
    given(shows(basic($turn, $last)), 'but not for the last', refresh => 0);
}


# ---------------------------------------------------------------------- tries

{
    my $tried = client($t, $account);
    my $try = sub { post($t, $_[2] || 'token', { %good, token => 'x' },
                         { %{ basic($tried, $_[0]) }, %{ from($_[1]) } }) };

    unknown($try->('x', 210), "try $_") for 1 .. 10;

    my $r = $try->('x', 210);

    refusal($r, 429, 'invalid_request', 'one more');
    like(scalar $r->header('Retry-After'), qr/^(?:900|89\d)$/, 'Retry-After');
    is(scalar $r->header('WWW-Authenticate'), undef, 'no challenge');
    refusal($try->('x', 211), 429, 'invalid_request', 'from elsewhere');
    refusal($try->('x', 211, 'introspect'), 429, 'invalid_request',
            'introspection');
    refusal($try->('x', 211, 'revoke'), 429, 'invalid_request', 'revocation');
    given($try->($tried->{secret}, 210), 'who knows it is not shut out',
          refresh => 0);
    given(shows(basic($client)), 'nor is another', refresh => 0);
}

# many clients of one network

{
    my $guess = sub {
        post($t, token => { %good, client_id => sprintf('%032x', $_[0]),
                            client_secret => 'x' }, from(220))->status;
    };

    is_deeply([map { $guess->($_) } 1 .. 100], [(401) x 100],
              'a hundred wrong ones');
    is($guess->(101), 429, 'are all for a network');
    is(post($t, token => \%good, { %{ basic($client) },
                                   %{ from(220) } })->status, 200,
       'right ones are not counted');
}

# at once

{
    my $busy = client($t, $account);
    my @status = $t->parallel(16, sub {
        join ' ', map { shows(basic($busy))->status } 1 .. 4;
    });

    is_deeply(\@status, [('200 200 200 200') x 16],
              'many at once that are right');
}

unlike($t->kept_log, qr/tndc|\Q$secret\E|\Q${\ encode_base64($id, '')}\E/,
       'no secret in the log');

$t->finish;
done_testing;
