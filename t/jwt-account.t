#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# JSON Web Tokens and the keys of accounts, which are in the store.

use strict;
use warnings;

use File::Temp ();
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use POSIX ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Jwt;
use Tender::Test;


my $dir   = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $far   = 2_524_608_000;
my $yes   = JSON::PP::true;
my $no    = JSON::PP::false;
my $admin = jwt_secret('HS256', 'of the configuration, for everybody');

open my $fh, '>', "$dir/secret" or die "secret: $!";
print $fh $admin->{secret};
close $fh;

my $t = access_test(
    http     => "tender_jwt_key $dir/secret alg=HS256 kid=conf;",
    location => <<'END');
        location /who/ {
            tender_auth bearer;
            tender_auth_cache off;
            alias %%DIR%%/;
            add_header X-Who "$tender_principal $tender_auth_method";
        }
END

$t->write_file('page', 'for who is known');

my ($answer, $refused, $taken);


sub ask { $t->get('/who/page', { Authorization => "Bearer $_[0]" }) }


sub taken {
    my ($token, $name, $who) = @_;

    my $r = ask($token);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status . ' ' . ($r->header('X-Who') // ''),
       '200 ' . ($who // '22@default') . ' bearer', $name);
    $taken++;
}


# one answer for all of them

sub refused {
    my ($token, $name) = @_;

    my $r    = ask($token);
    my $text = join "\n", $r->status, $r->header('WWW-Authenticate') // '',
                    $r->header('X-Who') // '', $r->body;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $answer //= $text;
    is($r->status, 401, "refused: $name");
    is($text, $answer, 'as all others are');
    $refused++;
}


# -- a token as partners send it: no kid, sub is a number, iss is the base64
# of a JSON string

my $shared = jwt_secret('HS256', 'what the partner and we both know');
my $iss    = encode_base64('"22_LP75_19"', '');

is($iss, 'IjIyX0xQNzVfMTki', 'iss');

my $partner = account($t, id => 22, partnerKey => '22_LP75_19');
my $entry   = key($t, $partner, kid => 'partner', alg => 'HS256',
                  secret => $shared->{secret});

sub partner {
    my ($key, %claims) = @_;

    %claims = (sub => 22, exp => $far, iss => $iss, %claims);
    delete @claims{ grep { !defined $claims{$_} } keys %claims };

    return jwt($key, \%claims, delete $key->{header});
}

taken(partner($shared), 'the token of a partner');
taken(jwt($shared, qq({"sub":22,"exp":2524608000,"iss":"$iss"}),
          '{"typ":"JWT","alg":"HS256"}'), 'as it is written in the example');
taken(partner($shared, sub => '22'), 'sub may be a string');
taken(partner($shared, iss => '22_LP75_19'), 'iss may be plain');
taken(jwt($shared, { sub => 22, exp => $far, iss => $iss },
          { kid => 'partner' }), 'with a kid');

refused(partner($shared, iss => undef), 'no iss');
refused(partner($shared, iss => $_), "iss $_")
    for '', '22_LP75_1', '22_lp75_19', "$iss=", substr($iss, 0, -1),
        encode_base64('"23_LP75_19"', ''), encode_base64('22_LP75_19', ''),
        encode_base64('["22_LP75_19"]', '');
refused(partner(jwt_secret('HS256', $shared->{secret} . '.')),
        'another secret');
refused(partner(jwt_secret('HS256', substr $shared->{secret}, 0, -1)),
        'half of it');
refused(partner(jwt_secret($_, $shared->{secret})), "$_ with its secret")
    for qw(HS384 HS512);
refused(jwt($shared, { sub => 22, exp => $far, iss => $iss },
            { kid => $_ }), "kid $_")
    for qw(Partner partner2 conf k);
refused(partner($shared, sub => $_), "sub $_")
    for 23, 2, 222, '022', '22 ', '';
refused(partner($shared, exp => time - 60), 'expired');
refused(partner($shared, exp => undef), 'no exp');

# the key of the configuration vouches for all, but a partner is a partner

taken(jwt($admin, { sub => 22, exp => $far, iss => $iss }, { kid => 'conf' }),
      'a key of the configuration');
refused(jwt($admin, { sub => 22, exp => $far }, { kid => 'conf' }),
        'a key of the configuration, no iss');
refused(jwt($admin, { sub => 22, exp => $far, iss => $iss }),
        'a key of the configuration, without its kid');


# -- a key is for its own account

my $other = account($t, name => 'Another one');
my $its   = jwt_secret('HS256', 'what the other one has as a secret');
my $who   = "$other->{id}\@default";

key($t, $other, kid => 'partner', alg => 'HS256', secret => $its->{secret});

sub other {
    my ($key, $kid, %claims) = @_;

    return jwt($key, { sub => $other->{id}, exp => $far, %claims },
               $kid ? { kid => $kid } : {});
}

taken(other($its), 'another account', $who);
taken(other($its, 'partner'), 'with the same kid', $who);
taken(other($its, undef, iss => 'whatever'), 'any issuer', $who);
taken(other($admin, 'conf'), 'a key of the configuration', $who);
refused(other($shared, $_), "the first one's key for the second")
    for undef, 'partner';
refused(partner($its), 'and the other way round');


# -- what is public of a key is enough, and nobody's secret

my $rsa  = jwt_key('RS256', "$dir");
my %pair = (map({ $_ => { %$rsa, alg => $_ } }
                qw(RS256 RS384 RS512 PS256 PS384 PS512)),
            map { $_ => jwt_key($_, "$dir") } qw(ES256 ES384 EdDSA Ed448));

for my $name (sort keys %pair) {
    my $pair = $pair{$name};
    my $data = key($t, $other, kid => $name, alg => $pair->{alg},
                   publicKey => $pair->{pem})->{data};

    is($data->{alg}, $pair->{alg}, "$name: a key");
    taken(other($pair, $name), "$name: its token", $who);

    my $token = other($pair, $name);

    substr($token, -5, 1) =~ tr/A-Za-z/B-ZAb-za/ or
        substr($token, -5, 1) = 'x';
    refused($token, "$name: another signature");
    refused(other({ %$pair, alg => $_ }, $name), "$name: as $_")
        for grep { $_ ne $pair->{alg} && $pair->{alg} =~ /^[RP]S/ }
            qw(RS256 PS256 RS512 PS512);
    refused(other(jwt_secret('HS256', $pair->{pem}), $name),
            "$name: HS256 with what is public");
    refused(partner($pair), "$name: for another account");
}

for my $hs (qw(HS384 HS512)) {
    my $secret = jwt_secret($hs, "$hs " x 16);

    key($t, $other, kid => $hs, alg => $hs, secret => $secret->{secret});
    taken(other($secret, $hs), "$hs: its token", $who);
    taken(other($secret), "$hs: without a kid", $who);
    refused(other(jwt_secret($hs, "$hs." x 16), $hs), "$hs: another secret");
}


# -- rotation: for a while there are two

my $bidder = account($t, name => 'A bidder');
my $old    = jwt_secret('HS256', 'the secret of last year, or before');
my $new    = jwt_secret('HS256', 'the secret of this year, and after');
my $token  = sub {
    my ($key, $kid, %claims) = @_;

    return jwt($key, { sub => $bidder->{id}, exp => $far, %claims },
               $kid ? { kid => $kid } : {});
};

$who = "$bidder->{id}\@default";

refused($token->($old), 'no keys at all');

my $first = key($t, $bidder, kid => 'old', alg => 'HS256',
                secret => $old->{secret});

taken($token->($old, $_), 'the old key', $who) for undef, 'old';
refused($token->($new, $_), 'not yet the new one') for undef, 'new', 'old';

my $second = key($t, $bidder, kid => 'new', alg => 'HS256',
                 secret => $new->{secret});

taken($token->($old, $_), 'the old key', $who) for undef, 'old';
taken($token->($new, $_), 'the new key', $who) for undef, 'new';
refused($token->($new, 'old'), 'each by its own name');
refused($token->($old, 'new'), 'each by its own name');

change($t, $first, enabled => $no);
refused($token->($old, $_), 'a key that is disabled') for undef, 'old';
taken($token->($new, $_), 'not the other one', $who) for undef, 'new';
change($t, $first, enabled => $yes);
taken($token->($old, $_), 'and enabled', $who) for undef, 'old';

sub date { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + $_[0])) }

change($t, $first, expires => date(-1));
refused($token->($old, $_), 'a key that has expired') for undef, 'old';
taken($token->($new), 'not the other one', $who);
change($t, $first, expires => date(3600));
taken($token->($old, $_), 'a key that will', $who) for undef, 'old';

remove($t, $first);
refused($token->($old, $_), 'a key that was removed') for undef, 'old';
taken($token->($new, $_), 'not the other one', $who) for undef, 'new';


# of more keys the newest four are tried for a token without a kid

my $crowd  = account($t, name => 'One with many keys');
my @secret = map { jwt_secret('HS256', "the secret with number $_, of six") }
             0 .. 5;

key($t, $crowd, kid => "k$_", alg => 'HS256', secret => $secret[$_]{secret})
    for 0 .. 5;

for my $i (0 .. 5) {
    my %claims = (sub => $crowd->{id}, exp => $far);

    taken(jwt($secret[$i], \%claims, { kid => "k$i" }), "by its kid: $i",
          "$crowd->{id}\@default");
    $i < 2 ? refused(jwt($secret[$i], \%claims), "an old key: $i")
           : taken(jwt($secret[$i], \%claims), "a new key: $i",
                   "$crowd->{id}\@default");
}


# -- issuer and audience of a key

change($t, $second, iss => 'https://id.example', aud => 'tenders');

my %here = (iss => 'https://id.example', aud => 'tenders');

taken($token->($new, 'new', %here), 'issuer and audience', $who);
taken($token->($new, undef, %here, aud => ['a', 'tenders']),
      'one of two audiences', $who);
refused($token->($new, 'new', %here, iss => $_), "issuer $_")
    for '', 'https://id.example/', 'id.example';
refused($token->($new, 'new', %here, aud => $_),
        'audience ' . JSON::PP->new->allow_nonref->encode($_))
    for '', 'tender', [], ['a'];
refused($token->($new, 'new'), 'neither');


# -- what is wrong with an account is wrong with all keys

my $conf = $token->($admin, 'conf', iss => $here{iss});

taken($conf, 'the account is enabled', $who);
change($t, $bidder, enabled => $no);
refused($_, 'the account is disabled') for $conf,
                                           $token->($new, 'new', %here);
change($t, $bidder, enabled => $yes);
taken($_, 'and enabled', $who) for $conf, $token->($new, 'new', %here);
change($t, $bidder, expires => date(-1));
refused($_, 'the account has expired') for $conf,
                                           $token->($new, 'new', %here);
change($t, $bidder, expires => date(3600));
taken($_, 'it will', $who) for $conf, $token->($new, 'new', %here);

refused(jwt($admin, { sub => 999, exp => $far }, { kid => 'conf' }),
        'an account that never was');
remove($t, $second);
remove($t, $bidder);
refused($_, 'an account that was removed') for $conf,
                                               $token->($new, 'new', %here);


# -- what the store has is of no use to who reads it, or writes into it

my $keys  = '{g}:keys';
my %value = @{ $t->redis('HGETALL', $keys) };

is(scalar(keys %value), 20, 'all keys');
is(scalar(grep { index($_, 'the other one has') >= 0
                 || index($_, 'partner and we both') >= 0
                 || /HS512 HS512/ } values %value),
   0, 'no secret is in the store');

my ($id)    = grep { $value{$_} =~ /22\n/ } keys %value;
my ($their) = grep { $value{$_} =~ /"kid":"partner"/ && $_ ne $id }
              keys %value;
my ($seal)  = $value{$id} =~ /"sealed":"([^"]+)"/;
my ($alien) = $value{$their} =~ /"sealed":"([^"]+)"/;

ok($seal && $alien && $seal ne $alien, 'secrets are sealed');
taken(partner($shared), 'as it was');

sub store {
    my ($text) = @_;

    $t->redis('HSET', $keys, $id, $text);
}

for my $case (
    [ 'in clear', $value{$id} =~ s/\Q$seal/b64url($shared->{secret})/er ],
    [ 'empty', $value{$id} =~ s/\Q$seal//r ],
    [ 'not base64url', $value{$id} =~ s/\Q$seal/$seal=/r ],
    [ 'a number', $value{$id} =~ s/"\Q$seal\E"/7/r ],
    [ 'a string', $value{$id} =~ s/\{"sealed":"\Q$seal\E"\}/"$seal"/r ],
    [ 'missing', $value{$id} =~ s/,"secret":\{[^}]*\}//r ],
    [ 'an unknown algorithm', $value{$id} =~ s/HS256/HS2/r ],
    [ 'another algorithm', $value{$id} =~ s/HS256/ES256/r ],
    [ 'another owner', $value{$id} =~ s/ 22\n/ 23\n/r ],
) {
    isnt($case->[1], $value{$id}, "sealed: $case->[0]");
    store($case->[1]);
    refused(partner($shared), $case->[0]);
}

my $altered = $seal;

substr($altered, 40, 1) = substr($seal, 40, 1) eq 'A' ? 'B' : 'A';

for my $case (
    [ 'another key\'s', $value{$id} =~ s/\Q$seal/$alien/r, $its ],
    [ 'changed', $value{$id} =~ s/\Q$seal/$altered/r ],
    [ 'another kid', $value{$id} =~ s/"partner"/"renamed"/r ],
    [ 'cut', $value{$id} =~ s/\Q$seal/substr $seal, 0, -4/er ],
) {
    isnt($case->[1], $value{$id}, "sealed: $case->[0]");
    store($case->[1]);
    refused(partner($case->[2] || $shared), $case->[0]);
}

$t->allow_errors(qr/cannot be opened: none of the keys of "tender_seal_key_/);

my ($public) = grep { $value{$_} =~ /"kid":"ES256"/ } keys %value;

$t->redis('ZADD', '{g}:keys:of:22', 99, $public);
refused(partner($pair{ES256}), "another account's, in the list of its keys");
$t->redis('ZREM', '{g}:keys:of:22', $public);

store($value{$id} =~ s/HS256/ES256/r
      =~ s/"secret":\{[^}]*\}/"publicKey":"-----BEGIN PUBLIC KEY-----\\nAA"/r);
refused(partner($pair{ES256}), 'a public key that is none');

store($value{$id});
taken(partner($shared), 'put back');

$t->write_file('access.seal', 'ab' x 32 . "\n");
$t->reload;
refused(partner($shared), 'without the key that sealed it');
taken(other($pair{ES256}, 'ES256'), 'a public key needs none',
      "$other->{id}\@default");

$t->write_file('access.seal', 'ab' x 32 . "\n$SEAL\n");
$t->reload;
taken(partner($shared), 'with it behind a new one');


unlike($t->error_log, qr/\[crit\]|OpenSSL|SSL_/,
       'OpenSSL leaves nothing to nginx');
unlike($t->kept_log . $t->access_log,
       qr/partner and we both|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20}/,
       'neither secrets nor tokens are in the logs');
cmp_ok($refused, '>', 100, "$refused are refused with one answer");

$t->finish;
done_testing;
