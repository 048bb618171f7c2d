package Tender::Oauth;

# Copyright (C) ngx_tender_module contributors

# What tests of tender_oauth have in common.
#
#   my $t = oauth_test();                       # /oauth/, /api/0.1/, /admin/
#   my $r = ask($t, $client, grant_type => 'client_credentials');
#   my $r = post($t, revoke => { token => '...' }, basic($client));
#   refusal($r, 400, 'invalid_grant', 'a wrong password');
#   my $token = given($r, 'name', scope => 'read', refresh => 0);
#
# ask() authenticates by HTTP Basic; post() sends a form with the headers that
# it is given.

use strict;
use warnings;

use Exporter 'import';
use MIME::Base64 qw(encode_base64);
use Test::More;

use Tender::Access;


our @EXPORT = qw(oauth_test form basic post ask refusal given introspect alive
                 $TYPE $FORM);

our $TYPE = 'application/json;charset=UTF-8';
our $FORM = 'application/x-www-form-urlencoded';


# oauth => lines of the location; more => other locations

sub oauth_test {
    my (%opt) = @_;

    my $oauth = delete $opt{oauth} // '';
    my $more  = delete $opt{more}  // '';

    return access_test(location => <<"END", %opt);
location /oauth/ { tender_oauth; tender_oauth_password_grant on; $oauth }
        location /api/0.1/ { tender_api 0.1; tender_auth oauth2;
                             tender_auth_cache 0; }
        $more
END
}


sub form {
    my (%params) = @_;

    my $escape = sub {
        $_[0] =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
    };

    return join '&', map { $escape->($_) . '=' . $escape->($params{$_}) }
                     sort keys %params;
}


sub basic {
    my ($client, $secret) = @_;

    return { Authorization => 'Basic '
             . encode_base64("$client->{id}:"
                             . ($secret // $client->{secret}), '') };
}


sub post {
    my ($t, $path, $params, $headers, $query) = @_;

    my $body = ref $params ? form(%$params) : $params;

    return $t->post("/oauth/$path" . ($query ? "?$query" : ''), $body,
                    { 'Content-Type' => $FORM, %{ $headers || {} } });
}


sub ask {
    my ($t, $client, %params) = @_;

    return post($t, token => \%params, basic($client));
}


# what each answer of this server has

sub closed {
    my ($r, $name) = @_;

    is($r->header('Content-Type'), $TYPE, "$name: its type");
    is_deeply([$r->header('Cache-Control')], ['no-store'],
              "$name: Cache-Control");
    is_deeply([$r->header('Pragma')], ['no-cache'], "$name: Pragma");
}


sub refusal {
    my ($r, $status, $error, $name, $text) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, $status, "$name: status") or diag($r->body);
    closed($r, $name);

    my $said = eval { $r->json } || {};

    is($said->{error}, $error, "$name: error") or diag($r->body);
    like($said->{error_description} // '',
         qr/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, "$name: a description");
    is_deeply([sort keys %$said], [qw(error error_description)],
              "$name: nothing else");
    like($said->{error_description}, $text, "$name: which says it") if $text;
}


# the members of a good answer; returns the access token

sub given {
    my ($r, $name, %expect) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, 200, "$name: status") or diag($r->body);
    closed($r, $name);

    my $said = eval { $r->json } || {};

    like($said->{access_token}, qr/^tnda_[0-9a-f]{96}$/,
         "$name: an access token");
    is($said->{token_type}, 'bearer', "$name: its type");
    cmp_ok($said->{expires_in} // 0, '>', 0, "$name: its life");
    is($said->{scope}, $expect{scope}, "$name: its scope")
        if defined $expect{scope};

    if ($expect{refresh} // 1) {
        like($said->{refresh_token}, qr/^tndr_[0-9a-f]{96}$/,
             "$name: a refresh token");
    } else {
        ok(!exists $said->{refresh_token}, "$name: no refresh token");
    }

    return $said->{access_token};
}


sub introspect {
    my ($t, $client, $token) = @_;

    return post($t, introspect => { token => $token },
                basic($client))->json;
}


# whether a token opens the guarded location

sub alive {
    my ($t, $token) = @_;

    return $t->get('/api/0.1/tenders',
                   { Authorization => "Bearer $token" })->status == 200;
}


1;
