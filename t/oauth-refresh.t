#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Refresh tokens: each is good once, and when one is used again, all that came
# of it ends; races, ends of lives, and what the store knows of it all.

use strict;
use warnings;

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Access;
use Tender::Oauth;


my $t = oauth_test(workers => 2, more => <<'END');
location /short/ { tender_oauth; tender_oauth_password_grant on;
                           tender_token_ttl 2s; tender_refresh_ttl 4s; }
        location /late/ { tender_oauth; tender_oauth_password_grant on;
                          tender_token_ttl 1m; tender_refresh_ttl 1s; }
        location /none/ { tender_oauth; tender_oauth_password_grant on;
                          tender_refresh_ttl 0; }
END

my $account = account($t);
my $user = user($t, $account, login => 'clerk', password => 'Correct horse');
my $client = client($t, $account);
my $other = client($t, $account);
my %login = (grant_type => 'password', username => 'clerk',
             password => 'Correct horse');
my $gone = qr/^The refresh token is not one of this client, was used, was /;


sub login { ask($t, $client, %login, @_)->json }

sub renew {
    my ($token, %params) = @_;

    return ask($t, delete $params{client} || $client,
               grant_type => 'refresh_token', refresh_token => $token,
               %params);
}

sub at {
    my ($prefix, %params) = @_;

    return $t->post("$prefix/token", form(%params),
                    { 'Content-Type' => $FORM, %{ basic($client) } });
}

sub over {
    my ($r, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    refusal($r, 400, 'invalid_grant', $name, $gone);
}


# ------------------------------------------------------------------ rotation

{
    my $first = login();
    my $r = renew($first->{refresh_token});

    given($r, 'a refresh', scope => $first->{scope});

    my $second = $r->json;

    is($second->{expires_in}, 3600, 'an hour more');
    isnt($second->{access_token}, $first->{access_token}, 'another token');
    isnt($second->{refresh_token}, $first->{refresh_token}, 'and another');
    ok(alive($t, $second->{access_token}), 'the new one is good');
    ok(!alive($t, $first->{access_token}), 'instead of the old one');

    isnt(login()->{access_token}, $second->{access_token},
         'a new login has its own');

    my $third = renew($second->{refresh_token})->json;

    ok(alive($t, $third->{access_token}), 'once more');

    # the very first again: it was stolen, or the others were

    over(renew($first->{refresh_token}), 'one that was used');
    ok(!alive($t, $third->{access_token}), 'ends all of them');
    over(renew($third->{refresh_token}), 'the last refresh token, too');
    like($t->error_log, qr/\[info\][^\n]* of client $client->{id} was used a/,
         'which the log tells');

    my $again = login();

    isnt($again->{access_token}, $first->{access_token}, 'a login after it');
    ok(alive($t, $again->{access_token}), 'is good');
}


# ------------------------------------------------------------- not this one

{
    my $mine = login();
    my $token = $mine->{refresh_token};
    my ($family) = $token =~ /^tndr_(.{32})/;

    over(renew($token, client => $other), 'of another client');
    over(renew($_), 'not one: ' . substr $_, 0, 45)
        for 'x', substr($token, 0, -1), "${token}0", uc $token,
            $mine->{access_token}, 'tndr_' . '0' x 96,
            $token =~ s/^tndr/tnda/r;
    ok(alive($t, $mine->{access_token}), 'nothing has ended by that');

    # what has the right family can only be one that was used

    over(renew("tndr_$family" . '0' x 64, client => $other),
         'a wrong one of another client');
    ok(alive($t, $mine->{access_token}), 'still nothing');
    over(renew("tndr_$family" . '0' x 64), 'a wrong one of a family');
    ok(!alive($t, $mine->{access_token}), 'ends it');

    my $alone = ask($t, $client, grant_type => 'client_credentials')->json;

    over(renew($alone->{access_token} =~ s/^tnda/tndr/r),
         'one where there is none');
    ok(alive($t, $alone->{access_token}), 'changes nothing');
}


# ------------------------------------------------------------------- scopes

{
    my $all = login();
    my $r = renew($all->{refresh_token}, scope => 'read');

    given($r, 'a part of the scopes', scope => 'read');
    $r = renew($r->json->{refresh_token});
    given($r, 'RFC 6749 6: without scope it is what was granted at first',
          scope => 'read create update delete');

    my $some = login(scope => 'read update');

    refusal(renew($some->{refresh_token}, scope => 'read create'), 400,
            'invalid_scope', 'RFC 6749 6: no more than was granted');
    refusal(renew($some->{refresh_token}, scope => 'x'), 400, 'invalid_scope',
            'what is none');

    $r = renew($some->{refresh_token});
    given($r, 'that was no use of it', scope => 'read update');

    change($t, $user, scopes => ['read', 'create']);
    $r = renew($r->json->{refresh_token});
    given($r, 'what is allowed no more is left out', scope => 'read');
    refusal(renew($r->json->{refresh_token}, scope => 'update'), 400,
            'invalid_scope', 'or refused, if it is asked for');

    change($t, $user, scopes => ['create']);
    refusal(renew($r->json->{refresh_token}), 400, 'invalid_scope',
            'nothing is left');
    change($t, $user, scopes => undef);
    given(renew($r->json->{refresh_token}), 'all is allowed again',
          scope => 'read update');
}


# ---------------------------------------------------------- who is gone

for my $entry ($user, $client, $account) {
    my $mine = login();
    my $name = $entry == $user ? 'user' : $entry == $client ? 'client'
                                                            : 'account';

    change($t, $entry, enabled => JSON::PP::false);

    my $r = renew($mine->{refresh_token});

    $name eq 'user' ? over($r, "the $name is switched off")
                    : refusal($r, 401, 'invalid_client', "the $name is off");
    ok(!alive($t, $mine->{access_token}), 'its token opens nothing');
    change($t, $entry, enabled => JSON::PP::true);
    given(renew($mine->{refresh_token}), "the $name is on again");
}

{
    my $leaver = user($t, $account, login => 'leaver', password => 'Horse 2!');
    my $mine = login(username => 'leaver', password => 'Horse 2!');

    ok(alive($t, $mine->{access_token}), 'a user has a token');
    remove($t, $leaver);
    ok(!alive($t, $mine->{access_token}), 'he is removed');
    over(renew($mine->{refresh_token}), 'so is what he was granted');
}


# -------------------------------------------------------------------- races

for my $round (1 .. 3) {
    my $mine = login(scope => $round == 1 ? 'read' : 'read update');
    my @r = $t->parallel(64, sub {
        my $r = renew($mine->{refresh_token});

        [$r->status, $r->body];
    });
    my @won = grep { $_->[0] == 200 } @r;

    is(scalar @won, 1, "round $round: of 64 at once one wins");
    is(scalar(grep { $_->[0] == 400 && $_->[1] =~ /"invalid_grant"/ } @r), 63,
       'the others are refused');

    my $said = JSON::PP::decode_json($won[0][1]);

    ok(!alive($t, $said->{access_token}), 'and all of it has ended');
    over(renew($said->{refresh_token}), 'what the winner got, too');
}

{
    my @token = $t->parallel(32, sub {
        ask($t, $client, grant_type => 'client_credentials',
            scope => 'create')->json->{access_token};
    });

    is(scalar(grep { $_ eq $token[0] } @token), 32,
       'of one grant at once there is one token');
    ok(alive($t, $token[0]) == 0, 'which does not read');
}


# ------------------------------------------------------------ ends of lives

{
    my $r = at('/short', %login, scope => 'read');
    my $mine = $r->json;

    given($r, 'a short life');
    is($mine->{expires_in}, 2, 'of two seconds');
    ok(alive($t, $mine->{access_token}), 'it is good');
    isnt(at('/short', %login, scope => 'read')->json->{access_token},
         $mine->{access_token}, 'not given out again');

    sleep 2.1;
    ok(!alive($t, $mine->{access_token}), 'it is over');
    is_deeply(introspect($t, $client, $mine->{access_token}),
              { active => JSON::PP::false }, 'as is told');

    my $next = at('/short', grant_type => 'refresh_token',
                  refresh_token => $mine->{refresh_token});

    given($next, 'its refresh token is good yet');
    sleep 2.1;
    over(at('/short', grant_type => 'refresh_token',
            refresh_token => $next->json->{refresh_token}),
         'but not longer than the first one was to be');

    my ($family) = $mine->{access_token} =~ /^tnda_(.{32})/;

    ok($t->wait_for(sub { !$t->redis('EXISTS', "{g}:family:$family") }, 5),
       'nothing of it is kept');

    # a refresh token that ends before the access token

    $mine = at('/late', %login, scope => 'read')->json;
    sleep 1.1;
    over(at('/late', grant_type => 'refresh_token',
            refresh_token => $mine->{refresh_token}), 'it has ended');
    ok(alive($t, $mine->{access_token}), 'the access token has not');

    $r = at('/none', %login, scope => 'delete');
    given($r, 'without refresh tokens', refresh => 0);
}


# what was given out with a refresh token that has ended is not given out again

{
    my $mine = login(scope => 'update');
    my ($family) = $mine->{access_token} =~ /^tnda_(.{32})/;
    my $key = "{g}:family:$family";
    my ($hash, $until, $scopes) = split / /,
                                  $t->redis('HGET', $key, 'refresh');

    is(login(scope => 'update')->{refresh_token}, $mine->{refresh_token},
       'it is given out again');
    $t->redis('HSET', $key, 'refresh', "$hash 1 $scopes");
    isnt(login(scope => 'update')->{refresh_token}, $mine->{refresh_token},
         'once it has ended it is not');
}


# ---------------------------------------------------------- what Redis knows

{
    my $spy = Tender::Redis::connect_to($t->redis_socket);
    my ($heard, @dump) = '';

    syswrite $spy, "MONITOR\r\n";

    my $mine = login(scope => 'read');
    my $next = renew($mine->{refresh_token})->json;
    my $alone = ask($t, $client, grant_type => 'client_credentials')->json;

    ok(alive($t, $next->{access_token}), 'a token is used');
    introspect($t, $client, $next->{refresh_token});
    post($t, revoke => { token => $alone->{access_token} }, basic($client));
    $t->redis('ECHO', 'that is all');
    $heard .= $_ while defined($_ = readline $spy) && !/that is all/;

    like($heard, qr/"EVALSHA".*"\{g\}:family:/, 'who listens hears something');
    unlike($heard, qr/tnd[arc]_?[0-9A-Za-z]{32}|Correct horse/,
           'but no token, no secret, no password');

    for my $key (@{ $t->redis('KEYS', '*') }) {
        my $type = $t->redis('TYPE', $key);

        push @dump, $key, $type eq 'hash' ? @{ $t->redis('HGETALL', $key) }
                        : $type eq 'string' ? $t->redis('GET', $key)
                        : $type eq 'zset'
                          ? @{ $t->redis('ZRANGE', $key, 0, -1) } : ();
    }

    my $dump = join "\n", @dump;

    like($dump, qr/\{g\}:family:/, 'there are families');
    unlike($dump, qr/tnd[arc]_?[0-9A-Za-z]{32}/, 'there are no tokens');

    for my $said ($mine, $next) {
        for my $name (qw(access_token refresh_token)) {
            my ($secret) = $said->{$name} =~ /(.{64})$/;

            is(index("$dump$heard", $secret), -1, "nothing of the $name");
        }
    }

    is(index($dump, $client->{secret}), -1, 'nor of a client\'s secret');
    is(index($dump, 'Correct horse'), -1, 'nor of a password');

    for my $key (grep { /^\{g\}:(?:family|grant):/ }
                 @{ $t->redis('KEYS', '*') })
    {
        my $ttl = $t->redis('PTTL', $key);

        ok($ttl > 0 && $ttl <= 30 * 24 * 3600 * 1000, "$key ends")
            or diag($ttl);
    }

    my $log = $t->kept_log . $t->access_log;

    unlike($log, qr/tnd[arc]_?[0-9A-Za-z]{32}|Correct/, 'nor in the logs');
}

$t->finish;
done_testing;
