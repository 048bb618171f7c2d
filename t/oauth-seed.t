#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The address that the original prescribes, with everything in its query: by
# POST and by GET, where that is switched on.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Oauth;


my $t = oauth_test(http => <<'END', more => <<'END2');
log_format all '$request|$tender_request|$request_uri';
    access_log %%DIR%%/all.log all;
END
location /query/ { tender_oauth; tender_oauth_password_grant on;
                           tender_oauth_query_credentials on; }
        location /get/ { tender_oauth; tender_oauth_password_grant on;
                         tender_oauth_get on; }
        location /both/ { tender_oauth; tender_oauth_password_grant on;
                          tender_oauth_query_credentials on;
                          tender_oauth_get on; }
END2

my $account = account($t);
my $user = user($t, $account, login => 'user', password => 'PASSWORDxyz');
my $client = client($t, $account);
my $query = "grant_type=password&client_id=$client->{id}"
            . "&client_secret=$client->{secret}&password=PASSWORDxyz"
            . '&username=user@default';
my $all = 'read create update delete';


sub send_to {
    my ($method, $path, $query, $headers, $body) = @_;

    return $t->request($method, "$path?$query", $headers, $body);
}


# ----------------------------------------------------------------------- POST

given(send_to('POST', '/query/token', $query), 'POST', scope => $all);
given(send_to('POST', '/query/token', $query,
              { 'Content-Type' => 'x-www-form-urlencoded' }, ''),
      'with the type of the original, and no body', scope => $all);
given(send_to('POST', '/query/token', $query,
              { 'Content-Type' => 'text/plain' }, ''),
      'a type of nothing is none', scope => $all);

{
    my $r = send_to('POST', '/query/token', $query);

    is_deeply([$r->header('Referrer-Policy')], ['no-referrer'],
              'the address is not passed on');

    my $again = send_to('POST', '/query/token', $query);

    is($again->json->{access_token}, $r->json->{access_token},
       'the same again, while it is good');
    cmp_ok($again->json->{expires_in}, '<=', 3600, 'with what it has left');
    ok(alive($t, $r->json->{access_token}), 'it opens a location');

    $r = send_to('POST', '/query/token',
                 "grant_type=refresh_token&client_id=$client->{id}"
                 . "&client_secret=$client->{secret}&refresh_token="
                 . $r->json->{refresh_token});
    given($r, 'a refresh', scope => $all);

    my $token = $r->json->{access_token};
    my $mine = "client_id=$client->{id}&client_secret=$client->{secret}"
               . "&token=$token";

    is(send_to('POST', '/query/introspect', $mine)->json->{username},
       'user@default', 'introspection');
    is(send_to('POST', '/query/revoke', $mine)->status, 200, 'revocation');
    ok(!alive($t, $token), 'it is revoked');
}

# some of it here, some there

{
    my ($first, $second) = $query =~ /^(.*?)&(password.*)$/;

    given(send_to('POST', '/query/token', $first,
                  { 'Content-Type' => $FORM }, $second), 'half in a form',
          scope => $all);
    given(send_to('POST', '/query/token', $second,
                  { 'Content-Type' => $FORM }, $first), 'the other half',
          scope => $all);
    given(send_to('POST', '/query/token', $second, {},
                  '{"grant_type":"password","client_id":"' . $client->{id}
                  . '","client_secret":"' . $client->{secret} . '"}'),
          'half as JSON', scope => $all);
    given(send_to('POST', '/query/token', 'grant_type=password&' . $second,
                  basic($client)), 'and a client in a header', scope => $all);
    refusal(send_to('POST', '/query/token', $query,
                    { 'Content-Type' => $FORM }, 'grant_type=password'),
            400, 'invalid_request', 'what is in both',
            qr/^Duplicate parameter: grant_type$/);
    refusal(send_to('POST', '/query/token', $query,
                    { 'Content-Type' => $FORM }, 'scope=&scope='),
            400, 'invalid_request', 'twice in the body');
    refusal(send_to('POST', '/query/token', "$query&password=x"), 400,
            'invalid_request', 'twice in the address',
            qr/^Duplicate parameter$/);
    refusal(send_to('POST', '/query/token', $query, basic($client)), 400,
            'invalid_request', 'a client in two ways', qr/in one way/);
    refusal(send_to('POST', '/query/token', "$query&scope=%zz"), 400,
            'invalid_request', 'a broken escape');
    refusal(send_to('POST', '/query/token',
                    $query =~ s/PASSWORDxyz/wrong/r), 400, 'invalid_grant',
            'a wrong password');
}

# where it is not switched on

for my $name (qw(client_secret password refresh_token token access_token)) {
    refusal(send_to('POST', $_, "$name=x",
                    { 'Content-Type' => $FORM, %{ basic($client) } },
                    'grant_type=client_credentials&token=x'), 400,
            'invalid_request', "$_: $name in the address",
            qr/tender_oauth_query_credentials on: $name$/)
        for qw(/oauth/token /oauth/revoke /oauth/introspect /get/token);
}

refusal(send_to('POST', '/oauth/token', 'grant_type=client_credentials',
                basic($client)), 400, 'invalid_request',
        'nothing else is read from there',
        qr/^Missing parameter: grant_type$/);
given(send_to('POST', '/oauth/token', 'grant_type=password&scope=x',
              { 'Content-Type' => $FORM, %{ basic($client) } },
              'grant_type=client_credentials'), 'as it is of no matter',
      refresh => 0, scope => $all);


# ------------------------------------------------------------------------ GET

for my $path (qw(/get/token /both/token)) {
    given(send_to('GET', $path, $query), "GET $path", scope => $all);
    given(send_to('GET', $path, 'grant_type=client_credentials',
                  basic($client)), "GET $path, Basic", refresh => 0);
    refusal(send_to('GET', $path, 'grant_type=x'), 400,
            'unsupported_grant_type', "GET $path, another grant");
    refusal(send_to('GET', $path, $query =~ s/secret=/secret=x/r), 401,
            'invalid_client', "GET $path, a wrong secret");

    my $r = send_to('HEAD', $path, $query);

    is($r->status, 405, "HEAD $path");
    is(scalar $r->header('Allow'), 'GET, POST', 'what is allowed');

    $r = send_to('PUT', $path, $query);
    refusal($r, 405, 'invalid_request', "PUT $path");
    is(scalar $r->header('Allow'), 'GET, POST', 'what is allowed');
}

for my $path (qw(/oauth/token /query/token)) {
    my $r = send_to('GET', $path, $query);

    refusal($r, 405, 'invalid_request', "GET $path", qr/tender_oauth_get on/);
    is(scalar $r->header('Allow'), 'POST', 'what is allowed');
}

refusal($t->get('/get/revoke?token=x'), 405, 'invalid_request',
        'no GET of anything else');


# ----------------------------------------------------------------- the logs

{
    my $log = $t->kept_log . $t->access_log . $t->slurp('all.log');

    like($log, qr/client_secret=\*+&password=\*+&username=user/,
         'what is logged');
    unlike($log, qr/PASSWORDxyz|\Q$client->{secret}\E|tnd[ar]_/,
           'holds no secret, and no token');
}

$t->finish;
done_testing;
