#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/access.md: its commands run against the server of quickstart.conf, as
# it is shipped but for paths and the port, and answer as the page says.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Page;
use Tender::Test;


my $TOKEN = 'a1' x 32;
my $PASSWORD = 'none-of-those-printed-there';

my $quick = slurp('conf.example/quickstart.conf');
my $page  = slurp('docs/access.md');
my $load  = Tender::Test::module_path();

for (
    [ qr{^load_module \S+;$}m => $load ? "load_module $load;" : '' ],
    [ qr{^pid nginx\.pid;$}m  => $> == 0 ? "pid %%DIR%%/nginx.pid;\nuser root;"
                                         : 'pid %%DIR%%/nginx.pid;' ],
    [ qr{stderr warn}         => '%%DIR%%/error.log info' ],
    [ qr{unix:redis\.sock}    => 'unix:%%DIR%%/redis.sock' ],
    [ qr{\S*bootstrap\.token} => '%%DIR%%/bootstrap.token' ],
    [ qr{\S*seal\.key(?=;)}   => '%%DIR%%/seal.key' ],
    [ qr{127\.0\.0\.1:8080}   => '127.0.0.1:%%PORT%%' ],
) {
    my ($pattern, $replacement) = @$_;

    ok($quick =~ s/$pattern/$replacement/, "quickstart.conf has $pattern");
}

my $t = Tender::Test->new(conf => $quick,
                          files => { 'bootstrap.token' => "$TOKEN\n",
                                     'seal.key' => '5e' x 32 . "\n" });

# what "make run" does at its first start

my $r = $t->post('/admin/bootstrap',
                 { data => { login => 'admin', password => $PASSWORD } },
                 { Authorization => "Bearer $TOKEN" });

is($r->status, 201, 'there is an administrator') or diag($r->body);

my $run = Tender::Page->new(t => $t, name => 'access.md',
                            given => { ADMIN => "admin\@*:$PASSWORD" });

cmp_ok($run->run($page), '>', 25, 'the page has examples');

# the example of README, with a code of another account

readme();
$run->finish;
keys_of();


# "a dump of Redis holds no credential", nor does a log

my @secrets = ($TOKEN, $PASSWORD, 'four-oak-chairs-please',
               grep { /^tnd/ } keys %{ $run->{of_run} });

cmp_ok(scalar @secrets, '>', 9, 'secrets have been shown');

my $dump = dump_of($t);
my $logs = $t->kept_log . $t->access_log . $t->slurp('redis.log');

like($dump, qr/argon2id/, 'the dump has what it has to');
like($logs, qr{refresh_code=\*+}, 'so have the logs');

for my $secret (@secrets) {
    my $name = substr($secret, 0, 5) . '...';

    is(index($dump, $secret), -1, "$name is not in Redis");
    is(index($logs, $secret), -1, "$name is not in a log");
}

$t->finish;
done_testing;


sub readme {
    my ($block) = slurp('README.md') =~ /^```sh\n(CODE=.*?)^```$/ms;
    my ($got)   = $run->shell(
        q(command curl -s -u "$ADMIN" $HOST/admin/accounts/1/codes )
        . q(-H 'Content-Type: application/json' -d '{"data": {}}'));
    my ($code)  = $got =~ /"api_code":"(\w+)"/;
    my $url     = $t->url;

    is($block =~ s/^CODE=tndk\w+$/CODE=$code/m, 1, 'README has an api_code');
    $block =~ s{http://127\.0\.0\.1:8080}{$url};

    like(($run->shell($block))[0], qr/"title":"Twelve oak chairs".*"access":/,
         'and publishes a tender');

    # one more that nobody may find
    $run->{of_run}{$code} = 0;
}


# the keys of access are those that architecture.md lists

sub keys_of {
    my ($table) = slurp('docs/architecture.md')
        =~ /^## Keys of access\n(.*?)^An entry is a line/ms;
    my (%page, %seen);

    for ($table =~ /^(\| `.*)/mg) {
        my ($names, $type) = /^\| (\S.*?) \| (\w[\w ]*) \|/;

        $page{ s/^(?=:)/{g}/r } = $type for $names =~ /`([^`]+)`/g;
    }

    # what the page has made and used up

    $t->post('/login', { username => 'admin@*', password => 'no' });
    $t->post('/login', { username => 'admin@*', password => $PASSWORD });
    $t->get('/api/export?get_api_code=1&refresh_code=no');

    for my $key (grep { $_ ne '{g}:buckets' } @{ $t->redis('KEYS', '{g}:*') })
    {
        my $type = $t->redis('TYPE', $key);
        (my $name = $key) =~ s/(?<=session:)\w{64}$/<hash>/;

        $name =~ s/(?<=tries:)\w{64}$/<hash>/;
        $name =~ s/(?<=(?:family|:grant):)\w+$/<id>/;
        $name =~ s/(?<=\{g\}:)\w+(?=:(?:all|of:))/<kind>/;
        $name =~ s/(?<=:of:).+/<owner>/;

        $seen{$name} = $type eq 'zset' ? 'sorted set' : $type;
    }

    is_deeply(\%seen, \%page, 'architecture.md lists the keys of access');
}


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', "$Tender::Test::TOP/$file" or die "$file: $!\n";
    local $/;

    return scalar readline $fh;
}


# everything that there is in Redis, as text

sub dump_of {
    my ($t) = @_;

    my %read = (
        string => ['GET'],     hash   => ['HGETALL'],
        list   => ['LRANGE', 0, -1], zset => ['ZRANGE', 0, -1],
        stream => ['XRANGE', '-', '+'],
    );

    my @all;

    for my $key (@{ $t->redis('KEYS', '*') }) {
        my ($command, @rest) = @{ $read{ $t->redis('TYPE', $key) } };

        push @all, $key, flat($t->redis($command, $key, @rest));
    }

    return join "\n", @all;
}


sub flat {
    return map { ref ? flat(@$_) : $_ } @_;
}
