package Tender::Access;

# Copyright (C) ngx_tender_module contributors

# What tests of accounts and credentials have in common.
#
#   my $t = access_test(location => 'location /api/0.1/ { ... }');
#
# is a Tender::Test with threads for passwords, a key that seals, and /admin/,
# which anybody may use; the sandbox is there if no location is given.
#
#   my $account = account($t, name => 'City hall', scopes => ['read']);
#   my $user    = user($t, $account, login => 'clerk', password => '...');
#   my $client  = client($t, $account, name => 'Shop');    # id, secret
#   my $code    = api_code($t, $account);             # id, code, refresh
#   my $key     = key($t, $account, kid => 'a', alg => 'HS256',
#                     secret => '...');
#
# each has id, url, data (what was answered) and version of the entry;
# with change($t, $key, enabled => JSON::PP::false) and remove($t, $key) what
# was made is changed and removed.

use strict;
use warnings;

use Exporter 'import';
use JSON::PP ();
use Test::More;

use Tender::Test;


our @EXPORT = qw(access_test account user client api_code key change remove
                 $ADMIN $SEAL);

our $ADMIN = '/admin';
our $SEAL  = '0123456789abcdef' x 4;

my $SANDBOX = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }';
my $DESK    = 'location /admin/ { tender_admin; tender_anonymous admin; }';


sub access_test {
    my (%opt) = @_;

    my $seal = delete $opt{seal} // 1;

    $opt{main} = "thread_pool tender threads=2 max_queue=64;\n"
                 . ($opt{main} // '');
    $opt{location} = ($opt{location} // $SANDBOX) . "\n        $DESK";

    if ($seal) {
        $opt{files} = { %{ $opt{files} || {} }, 'access.seal' => "$SEAL\n" };
        $opt{http}  = "tender_seal_key_file %%DIR%%/access.seal;\n    "
                      . ($opt{http} // '');
    }

    return Tender::Test->new(%opt);
}


sub made {
    my ($t, $path, $data) = @_;

    my $r = $t->post("$ADMIN/$path", { data => $data });

    die "$path: it was not made: ", $r->status, ' ', $r->body
        if $r->status != 201;

    my $answer = $r->json;
    my $id     = $answer->{data}{id};

    return { id => $id, url => "$ADMIN/$path/$id", answer => $r,
             data => $answer->{data}, access => $answer->{access} };
}


sub below {
    my ($account, $list) = @_;

    return 'accounts/' . (ref $account ? $account->{id} : $account)
           . "/$list";
}


sub account {
    my ($t, %data) = @_;

    return made($t, 'accounts', {
        name => 'City hall', scopes => [qw(read create update delete)], %data,
    });
}


sub user {
    my ($t, $account, %data) = @_;

    my $user = made($t, below($account, 'users'), \%data);

    $user->{password} = $data{password};

    return $user;
}


sub client {
    my ($t, $account, %data) = @_;

    my $client = made($t, below($account, 'clients'),
                      { name => 'A shop',
                        grants => [qw(client_credentials password
                                      refresh_token)], %data });

    $client->{secret} = $client->{access}{client_secret};

    return $client;
}


sub api_code {
    my ($t, $account, %data) = @_;

    my $code = made($t, below($account, 'codes'), \%data);

    $code->{code}    = $code->{access}{api_code};
    $code->{refresh} = $code->{access}{refresh_code};

    return $code;
}


sub key {
    my ($t, $account, %data) = @_;

    return made($t, below($account, 'keys'), \%data);
}


sub change {
    my ($t, $entry, %data) = @_;

    my $r = $t->patch($entry->{url}, { data => \%data });

    die "$entry->{url}: it was not changed: ", $r->status, ' ', $r->body
        if $r->status != 200;

    return $entry->{data} = $r->json->{data};
}


sub remove {
    my ($t, $entry) = @_;

    my $r = $t->delete($entry->{url});

    die "$entry->{url}: it was not removed: ", $r->status, ' ', $r->body
        if $r->status != 200;

    return $r->json->{data};
}


1;
